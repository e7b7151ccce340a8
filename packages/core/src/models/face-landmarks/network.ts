import { parseTflite } from '../../formats/tflite.ts';
import { convertTflite } from '../tflite/convert.ts';
import { ATTENTION_OPERATORS, attentionSubsets } from './attention.ts';

/** Side of the landmark network's input. */
export const LANDMARKS_SIZE = 192;

/** The landmark network as ONNX, and what its refined outputs mean. */
export interface LandmarkNetwork {
  /** Input `input` `[1, 3, 192, 192]`, RGB in 0–1. */
  readonly onnx: Uint8Array;
  /** Landmark index of each refined point: lips, eye at image left, eye at image right. */
  readonly subsets: { readonly lips: number[]; readonly leftEye: number[]; readonly rightEye: number[] };
}

/** Names of the outputs; left and right are those of the image. Positions in pixels of the input. */
export const LANDMARK_OUTPUTS = {
  mesh: 'output_mesh_identity',
  lips: 'output_lips',
  leftEye: 'output_left_eye',
  rightEye: 'output_right_eye',
  leftIris: 'output_left_iris',
  rightIris: 'output_right_iris',
  faceFlag: 'conv_faceflag',
} as const;

/**
 * Landmark network with attention.
 * @param tflite face_landmark_with_attention.tflite
 */
export function buildFaceLandmarks(tflite: Uint8Array): LandmarkNetwork {
  const source = parseTflite(tflite);
  const [lips, leftEye, rightEye] = attentionSubsets(source.operators) as [number[], number[], number[]];
  return {
    onnx: convertTflite(source, 'face_landmark_with_attention', ATTENTION_OPERATORS),
    subsets: { lips, leftEye, rightEye },
  };
}
