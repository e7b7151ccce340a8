import { parseTflite } from '../../formats/tflite.ts';
import { convertTflite } from '../tflite/convert.ts';

/** Side of the detector's input. */
export const DETECTOR_SIZE = 128;

/** Names of the detector's outputs: boxes and key points `[1, 896, 16]`, score logits `[1, 896, 1]`. */
export const DETECTOR_OUTPUTS = { boxes: 'regressors', scores: 'classificators' } as const;

/**
 * Face detector (BlazeFace, short range) as ONNX; input `input` `[1, 3, 128, 128]`, RGB in −1–1.
 * @param tflite face_detection_short_range.tflite
 */
export function buildFaceDetector(tflite: Uint8Array): Uint8Array {
  return convertTflite(parseTflite(tflite), 'face_detection_short_range');
}
