import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/**
 * Similarity that carries the head frame into the picture: x_image = scale · R(pitch, yaw, roll) · x_head + translation.
 * Head frame: x to the image right, y down, z away from the viewer, origin at the nose base, unit = U, the 3-D distance
 * of the outer eye corners (landmarks 33 and 263). R = Rz(roll) · Ry(yaw) · Rx(pitch), column vectors, radians.
 * Positive yaw turns the nose to the image right, positive pitch down, positive roll clockwise on screen.
 */
export interface HeadPose {
  readonly pitch: number;
  readonly yaw: number;
  readonly roll: number;
  /** Pixels per U. */
  readonly scale: number;
  /** Pixels. */
  readonly translation: readonly [number, number, number];
}

const EYE_LEFT_OF_IMAGE = 33;
const EYE_RIGHT_OF_IMAGE = 263;
const FOREHEAD = 10;
const CHIN = 152;
const NOSE_BASE = 2;

/** Landmarks that speech and expression hardly move: temples, forehead, eye corners, bridge and base of the nose. */
const RIGID_LANDMARKS = [
  10, 109, 338, 67, 297, 54, 284, 151, 127, 356, 234, 454, 162, 389, 33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2,
] as const;

/**
 * Pose from the landmarks alone: x along the outer eye corners, y from forehead to chin made square to x, z = x × y.
 * The chin takes part, so an opening jaw tips the pose a little: for a track see `alignHeadPose`.
 * @param points `[478 × 3]`, pixels.
 */
export function fitHeadPose(points: Float32Array): HeadPose {
  const x = difference(points, EYE_RIGHT_OF_IMAGE, EYE_LEFT_OF_IMAGE);
  const scale = Math.hypot(...x);
  for (let k = 0; k < 3; k++) x[k]! /= scale;
  const y = difference(points, CHIN, FOREHEAD);
  const along = x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
  for (let k = 0; k < 3; k++) y[k]! -= along * x[k]!;
  const length = Math.hypot(...y);
  for (let k = 0; k < 3; k++) y[k]! /= length;
  const rows = [
    [x[0], y[0], x[1] * y[2] - x[2] * y[1]],
    [x[1], y[1], x[2] * y[0] - x[0] * y[2]],
    [x[2], y[2], x[0] * y[1] - x[1] * y[0]],
  ];
  return { ...anglesOf(rows), scale, translation: placeOf(points, NOSE_BASE) };
}

/**
 * Pose that carries known head-frame geometry onto the landmarks, least squares over the places that expression hardly
 * moves; steadier than `fitHeadPose` and blind to the jaw.
 * @param points `[478 × 3]`, pixels. @param vertices the same head, `[478 × 3]`, U.
 * @source Umeyama 1991, eq. 40–42
 */
export function alignHeadPose(points: Float32Array, vertices: Float32Array): HeadPose {
  const count = RIGID_LANDMARKS.length;
  const meanPoint = meanOf(points);
  const meanVertex = meanOf(vertices);
  const covariance = Matrix.zeros(3, 3);
  let spread = 0;
  for (const landmark of RIGID_LANDMARKS) {
    for (let column = 0; column < 3; column++) {
      const v = vertices[landmark * 3 + column]! - meanVertex[column]!;
      spread += v * v;
      for (let row = 0; row < 3; row++) {
        const p = points[landmark * 3 + row]! - meanPoint[row]!;
        covariance.set(row, column, covariance.get(row, column) + (p * v) / count);
      }
    }
  }
  const svd = new SingularValueDecomposition(covariance);
  const U = svd.leftSingularVectors;
  const V = svd.rightSingularVectors;
  const singular = [...svd.diagonal];
  if (determinant(U) * determinant(V) < 0) {
    for (let row = 0; row < 3; row++) U.set(row, 2, -U.get(row, 2));
    singular[2] = -singular[2]!;
  }
  const rotation = U.mmul(V.transpose()).to2DArray();
  const scale = (singular.reduce((sum, value) => sum + value, 0) * count) / spread;
  const translation = [0, 1, 2].map((row) => {
    const turned = rotation[row]!.reduce((sum, value, column) => sum + value * meanVertex[column]!, 0);
    return meanPoint[row]! - scale * turned;
  }) as [number, number, number];
  return { ...anglesOf(rotation), scale, translation };
}

/** R = Rz · Ry · Rx with Ry's sine reversed (positive yaw is to the image right): third row = [sy, cy·sp, cy·cp]. */
function anglesOf(rows: readonly (readonly number[])[]): { pitch: number; yaw: number; roll: number } {
  return {
    yaw: Math.asin(Math.max(-1, Math.min(1, rows[2]![0]!))),
    pitch: Math.atan2(rows[2]![1]!, rows[2]![2]!),
    roll: Math.atan2(rows[1]![0]!, rows[0]![0]!),
  };
}

function difference(points: Float32Array, to: number, from: number): [number, number, number] {
  const [a, b] = [placeOf(points, to), placeOf(points, from)];
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function placeOf(points: Float32Array, landmark: number): [number, number, number] {
  return [points[landmark * 3]!, points[landmark * 3 + 1]!, points[landmark * 3 + 2]!];
}

function meanOf(points: Float32Array): [number, number, number] {
  const mean: [number, number, number] = [0, 0, 0];
  for (const landmark of RIGID_LANDMARKS) {
    for (let k = 0; k < 3; k++) mean[k]! += points[landmark * 3 + k]! / RIGID_LANDMARKS.length;
  }
  return mean;
}

function determinant(m: Matrix): number {
  const [a, b, c] = m.to2DArray() as [number[], number[], number[]];
  return (
    a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
    a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
    a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)
  );
}
