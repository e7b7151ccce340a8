import { PcTalkError } from '../errors.ts';
import type { FaceDetection } from '../face/face-analyser.ts';

/** Faces narrower than this have too few pixels for eyes and lips to be told apart, pixels. */
export const MIN_FACE_WIDTH = 40;

/**
 * The face a source is about.
 * @param faces from image left to image right. @param faceIndex which of them; may be left out when there is one.
 * @param where names the picture in messages.
 * @throws `no-face`, `several-faces`, `face-too-small`, `value-out-of-range` (no such index)
 */
export function chooseFace(
  faces: readonly FaceDetection[],
  faceIndex: number | undefined,
  where: string,
): FaceDetection {
  if (faces.length === 0) {
    throw new PcTalkError(
      'no-face',
      `${where}: expected a face, found none; use a picture in which eyes, nose and mouth are visible from the front`,
    );
  }
  if (faceIndex === undefined && faces.length > 1) {
    throw new PcTalkError(
      'several-faces',
      `${where}: expected one face, found ${faces.length}; choose with --face-index 0 to ${faces.length - 1}, counted from the left`,
      { details: { boxes: faces.map((face) => face.box) } },
    );
  }
  const face = faces[faceIndex ?? 0];
  if (face === undefined) {
    throw new PcTalkError(
      'value-out-of-range',
      `--face-index: expected 0 to ${faces.length - 1} (${faces.length} found in ${where}, counted from the left), got ${faceIndex}`,
    );
  }
  const width = face.box.right - face.box.left;
  if (width < MIN_FACE_WIDTH) {
    throw new PcTalkError(
      'face-too-small',
      `${where}: expected a face at least ${MIN_FACE_WIDTH} pixels wide, found ${Math.round(width)}; use a larger picture or crop it less`,
    );
  }
  return face;
}
