/** A square of the picture that may be turned and may reach beyond the picture. */
export interface FaceRegion {
  /** Centre, pixels. */
  readonly centerX: number;
  readonly centerY: number;
  /** Side, pixels. */
  readonly size: number;
  /** Clockwise on screen, radians. */
  readonly rotation: number;
}

/** How far the networks look around a face: side of the region / longer side of the face's box. */
export const REGION_MARGIN = 1.5;

/**
 * The region around a box that lies along a direction, as the landmark network expects it.
 * @param box corners of the upright box, pixels.
 * @param direction from image left to image right through the eyes, pixels.
 * @source google-ai-edge/mediapipe face_landmark_landmarks_to_roi.pbtxt, face_detection_front_detection_to_roi.pbtxt
 */
export function regionAround(
  box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  direction: readonly [number, number],
): FaceRegion {
  return {
    centerX: (box.left + box.right) / 2,
    centerY: (box.top + box.bottom) / 2,
    size: REGION_MARGIN * Math.max(box.right - box.left, box.bottom - box.top),
    rotation: Math.atan2(direction[1], direction[0]),
  };
}

/**
 * The region in which to look for the face next time.
 * @param points landmarks `[478 × 3]`, pixels.
 */
export function regionOfLandmarks(points: Float32Array): FaceRegion {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < points.length; i += 3) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const direction = [points[263 * 3]! - points[33 * 3]!, points[263 * 3 + 1]! - points[33 * 3 + 1]!] as const;
  return regionAround({ left, top, right, bottom }, direction);
}
