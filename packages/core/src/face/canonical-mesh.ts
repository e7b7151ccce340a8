import { TRIANGLE_VALUES, UV_VALUES, VERTEX_VALUES } from './canonical-mesh-data.ts';

/**
 * The canonical face mesh: an average neutral face, and the names of its places. Subject's right is image left. Rows run
 * over columns, so that entry i of an upper row is above entry i of its lower row; corners stand in both.
 *
 * @source @mediapipe/face_mesh 0.4.1657299874 (Apache-2.0), geometry_pipeline_metadata_landmarks.binarypb
 */

/** V, vertices of the canonical mesh; landmarks 468–477 are the irises. */
export const VERTEX_COUNT = 468;

/** Canonical vertices `[468 × 3]` in the head frame (U; x right, y down, z away from the viewer, nose base at 0). */
export const CANONICAL_VERTICES: Float32Array = Float32Array.from(VERTEX_VALUES);

/** Texture coordinates `[468 × 2]`, 0–1. */
export const CANONICAL_UVS: Float32Array = Float32Array.from(UV_VALUES);

/** Triangles `[898 × 3]`, counter-clockwise to the viewer; mouth and eye openings are covered. */
export const CANONICAL_TRIANGLES: Uint16Array = Uint16Array.from(TRIANGLE_VALUES);

/** Border of the mesh, clockwise on screen from the middle of the forehead. */
export const FACE_OVAL: readonly number[] = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/** Two rows of landmarks over the same columns. */
export interface PairedRows {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** Outer lip contour, 11 columns from image left to image right. */
export const OUTER_LIPS: PairedRows = {
  upper: [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
  lower: [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
};

/** Inner lip contour (border of the mouth hole), 11 columns from image left to image right. */
export const INNER_LIPS: PairedRows = {
  upper: [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
  lower: [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
};

/** Lip skin between the contours, from outside to inside, 11 columns each. */
export const LIP_ROWS: {
  readonly upper: readonly (readonly number[])[];
  readonly lower: readonly (readonly number[])[];
} = {
  upper: [
    OUTER_LIPS.upper,
    [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
    [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
    INNER_LIPS.upper,
  ],
  lower: [
    OUTER_LIPS.lower,
    [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
    [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
    INNER_LIPS.lower,
  ],
};

/** One eye: the lid margins and the rings around them; columns run from the outer to the inner corner. */
export interface EyeRows {
  /** Lid margins (border of the eye opening), 9 columns. */
  readonly margin: PairedRows;
  /** Lid skin next to the margin, 9 columns. */
  readonly lid: PairedRows;
  /** Crease above, fold below, 9 columns. */
  readonly crease: PairedRows;
  /** Centre of the iris, then its right, upper, left and lower rim on screen. */
  readonly iris: readonly [number, number, number, number, number];
}

/** The subject's right eye (image left). */
export const RIGHT_EYE: EyeRows = {
  margin: {
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  },
  lid: {
    upper: [130, 247, 30, 29, 27, 28, 56, 190, 243],
    lower: [130, 25, 110, 24, 23, 22, 26, 112, 243],
  },
  crease: {
    upper: [226, 113, 225, 224, 223, 222, 221, 189, 244],
    lower: [226, 31, 228, 229, 230, 231, 232, 233, 244],
  },
  iris: [468, 469, 470, 471, 472],
};

/** The subject's left eye (image right). */
export const LEFT_EYE: EyeRows = {
  margin: {
    upper: [263, 466, 388, 387, 386, 385, 384, 398, 362],
    lower: [263, 249, 390, 373, 374, 380, 381, 382, 362],
  },
  lid: {
    upper: [359, 467, 260, 259, 257, 258, 286, 414, 463],
    lower: [359, 255, 339, 254, 253, 252, 256, 341, 463],
  },
  crease: {
    upper: [446, 342, 445, 444, 443, 442, 441, 413, 464],
    lower: [446, 261, 448, 449, 450, 451, 452, 453, 464],
  },
  iris: [473, 474, 475, 476, 477],
};

/** The subject's right brow (image left), from the temple to the nose. */
export const RIGHT_BROW: PairedRows = { upper: [70, 63, 105, 66, 107], lower: [46, 53, 52, 65, 55] };

/** The subject's left brow (image right), from the temple to the nose. */
export const LEFT_BROW: PairedRows = { upper: [300, 293, 334, 296, 336], lower: [276, 283, 282, 295, 285] };

/** Single places. Left and right are the subject's own. */
export const PLACES = {
  noseBase: 2,
  noseTip: 1,
  chin: 152,
  foreheadTop: 10,
  rightMouthCorner: 61,
  leftMouthCorner: 291,
  rightEyeOuter: 33,
  rightEyeInner: 133,
  leftEyeOuter: 263,
  leftEyeInner: 362,
  upperLipInner: 13,
  lowerLipInner: 14,
} as const;

/** For each of the 478 landmarks the one on the other side of the face (itself on the midline) `[478]`. */
export const MIRROR: Uint16Array = mirrorLandmarks();

/** Triangles of the skin `[852 × 3]`: CANONICAL_TRIANGLES without those that span the mouth (20 vertices) and eye openings. */
export const SKIN_TRIANGLES: Uint16Array = skinTriangles();

/** For each vertex its neighbours along triangle edges. */
export const NEIGHBOURS: readonly (readonly number[])[] = neighbours();

function mirrorLandmarks(): Uint16Array {
  const out = new Uint16Array(478);
  for (let v = 0; v < VERTEX_COUNT; v++) out[v] = nearest(-at(v, 0), at(v, 1), at(v, 2));
  for (let i = 0; i < 5; i++) {
    const other = i === 1 ? 3 : i === 3 ? 1 : i;
    out[RIGHT_EYE.iris[i]!] = LEFT_EYE.iris[other]!;
    out[LEFT_EYE.iris[i]!] = RIGHT_EYE.iris[other]!;
  }
  return out;
}

function nearest(x: number, y: number, z: number): number {
  let best = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let v = 0; v < VERTEX_COUNT; v++) {
    const distance = (at(v, 0) - x) ** 2 + (at(v, 1) - y) ** 2 + (at(v, 2) - z) ** 2;
    if (distance < bestDistance) [best, bestDistance] = [v, distance];
  }
  return best;
}

function skinTriangles(): Uint16Array {
  const openings = [INNER_LIPS, RIGHT_EYE.margin, LEFT_EYE.margin].map(
    (rows) => new Set([...rows.upper, ...rows.lower]),
  );
  const kept: number[] = [];
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const corners = CANONICAL_TRIANGLES.subarray(t, t + 3);
    if (!openings.some((opening) => corners.every((corner) => opening.has(corner)))) kept.push(...corners);
  }
  return Uint16Array.from(kept);
}

function neighbours(): number[][] {
  const sets = Array.from({ length: VERTEX_COUNT }, () => new Set<number>());
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    for (let k = 0; k < 3; k++) {
      const a = CANONICAL_TRIANGLES[t + k]!;
      const b = CANONICAL_TRIANGLES[t + ((k + 1) % 3)]!;
      sets[a]!.add(b);
      sets[b]!.add(a);
    }
  }
  return sets.map((set) => [...set].sort((a, b) => a - b));
}

function at(vertex: number, axis: number): number {
  return CANONICAL_VERTICES[vertex * 3 + axis]!;
}
