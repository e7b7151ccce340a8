import { toObject } from 'flatbuffers/js/flexbuffers.js';
import { invariant } from '../../errors.ts';
import type { TfliteOperator } from '../../formats/tflite.ts';
import type { OperatorEmitter, TfliteConversion } from '../tflite/convert.ts';

/**
 * The three operations with which the landmark network looks closer at lips and eyes, written with ordinary ONNX
 * operations, so that the whole network is one graph.
 * @source google-ai-edge/mediapipe mediapipe/util/tflite/operations: landmarks_to_transform_matrix.cc (v2),
 *   transform_tensor_bilinear.cc (v2), transform_landmarks.cc (v2)
 */
export const ATTENTION_OPERATORS: Readonly<Record<string, OperatorEmitter>> = {
  Landmarks2TransformMatrix: emitTransformMatrix,
  TransformTensorBilinear: emitTransformTensor,
  TransformLandmarks: emitTransformLandmarks,
};

interface TransformMatrixOptions {
  readonly left_rotation_idx: number;
  readonly right_rotation_idx: number;
  readonly output_width: number;
  readonly output_height: number;
  readonly scale_x: number;
  readonly scale_y: number;
  readonly subset_idxs: readonly number[];
  /** The reader gives null for 0. */
  readonly target_rotation_radians: number | null;
}

/**
 * The rotated box around some landmarks, as the matrix `[1, 4, 4]` that carries pixels of the output patch into the
 * feature map: T = shift(centre) · R · scale(box / patch) · shift(−patch / 2), R along the line left → right landmark.
 */
function emitTransformMatrix(c: TfliteConversion, op: TfliteOperator): void {
  const options = optionsOf(op) as TransformMatrixOptions;
  invariant(!options.target_rotation_radians, 'only upright patches are written');
  const { model } = c;
  const landmarks = c.value(op.inputs[0]!);
  const xy = model.node('Slice', [landmarks, c.indices([0]), c.indices([2]), c.indices([2])]);
  const pick = (indices: readonly number[]) => model.node('Gather', [xy, c.indices(indices)], { axis: 1 });

  // Unit vector along the line, rows of R: [cos −sin; sin cos].
  const line = model.node('Sub', [pick([options.right_rotation_idx]), pick([options.left_rotation_idx])]);
  const length = model.node('ReduceL2', [line], { axes: [2], keepdims: 1 });
  const across = model.node('Reshape', [model.node('Div', [line, length]), c.indices([2, 1])]);
  const quarterTurn = c.weights('quarter_turn', Float32Array.of(0, -1, 1, 0), [2, 2]);
  const rotation = model.node('Concat', [across, model.node('MatMul', [quarterTurn, across])], { axis: 1 });

  const turned = model.node('MatMul', [pick(options.subset_idxs), rotation]);
  const high = model.node('ReduceMax', [turned], { axes: [1], keepdims: 1 });
  const low = model.node('ReduceMin', [turned], { axes: [1], keepdims: 1 });
  const half = c.weights('half', Float32Array.of(0.5), [1]);
  const middle = model.node('Mul', [model.node('Add', [high, low]), half]);
  const column = c.indices([2, 1]);
  const centre = model.node('MatMul', [rotation, model.node('Reshape', [middle, column])]);
  const perPixel = Float32Array.of(options.scale_x / options.output_width, options.scale_y / options.output_height);
  const scale = model.node('Mul', [model.node('Sub', [high, low]), c.weights('per_pixel', perPixel, [2])]);
  const linear = model.node('Mul', [rotation, model.node('Reshape', [scale, c.indices([1, 2])])]);
  const patchCentre = c.weights(
    'patch_centre',
    Float32Array.of(options.output_width / 2, options.output_height / 2),
    [2, 1],
  );
  const shift = model.node('Sub', [centre, model.node('MatMul', [linear, patchCentre])]);
  const rows = model.node('Concat', [linear, c.weights('zero', new Float32Array(2), [2, 1]), shift], { axis: 1 });
  const rest = c.weights('rest', Float32Array.of(0, 0, 1, 0, 0, 0, 0, 1), [2, 4]);
  const matrix = model.node('Concat', [rows, rest], { axis: 0 });
  c.define(op.outputs[0]!, model.node('Unsqueeze', [matrix, c.indices([0])]));
}

/** Samples the patch from the feature map, bilinear between pixel centres, zero outside. */
function emitTransformTensor(c: TfliteConversion, op: TfliteOperator): void {
  const { model } = c;
  const [features, matrix] = op.inputs as [number, number];
  const [, height, width] = c.shape(features) as [number, number, number];
  const [, rows, columns] = c.shape(op.outputs[0]!) as [number, number, number];
  const pixels = new Float32Array(rows * columns * 4);
  for (let i = 0; i < rows * columns; i++)
    pixels.set([(i % columns) + 0.5, Math.floor(i / columns) + 0.5, 0, 1], i * 4);
  const patch = c.weights('patch', pixels, [rows * columns, 4]);
  const transposed = model.node('Transpose', [affineRows(c, matrix)], { perm: [1, 0] });
  const centres = model.node('MatMul', [patch, transposed]);
  const places = model.node('Sub', [centres, c.weights('half', Float32Array.of(0.5), [1])]);

  const last = c.weights('last', Float32Array.of(width - 1, height - 1), [2]);
  const clamped = model.node('Max', [
    model.node('Min', [places, last]),
    c.weights('first', Float32Array.of(0, 0), [2]),
  ]);
  const isInside = model.node('Cast', [model.node('Equal', [clamped, places])], { to: 1 });
  const mask = model.node('ReduceMin', [isInside], { axes: [1], keepdims: 1 });
  const toUnit = c.weights('to_unit', Float32Array.of(2 / (width - 1), 2 / (height - 1)), [2]);
  const unit = model.node('Sub', [model.node('Mul', [clamped, toUnit]), c.weights('one', Float32Array.of(1), [1])]);
  const grid = model.node('Reshape', [unit, c.indices([1, rows, columns, 2])]);
  const sampled = model.node('GridSample', [c.value(features), grid], {
    mode: 'bilinear',
    padding_mode: 'border',
    align_corners: 1,
  });
  const maskPicture = model.node('Reshape', [mask, c.indices([1, 1, rows, columns])]);
  c.define(op.outputs[0]!, model.node('Mul', [sampled, maskPicture]));
}

/** Carries landmarks `[1, K, 2]` of the patch through the matrix. */
function emitTransformLandmarks(c: TfliteConversion, op: TfliteOperator): void {
  const { model } = c;
  const [landmarks, matrix] = op.inputs as [number, number];
  const rows = affineRows(c, matrix);
  const part = (start: number, end: number) =>
    model.node('Transpose', [model.node('Slice', [rows, c.indices([start]), c.indices([end]), c.indices([1])])], {
      perm: [1, 0],
    });
  const turned = model.node('MatMul', [c.value(landmarks), part(0, 2)]);
  c.define(op.outputs[0]!, model.node('Add', [turned, part(3, 4)]));
}

/** The two rows `[2, 4]` of a matrix `[1, 4, 4]` that give x and y. */
function affineRows(c: TfliteConversion, matrix: number): string {
  const square = c.model.node('Squeeze', [c.value(matrix), c.indices([0])]);
  return c.model.node('Slice', [square, c.indices([0]), c.indices([2]), c.indices([0])]);
}

function optionsOf(op: TfliteOperator): unknown {
  return toObject(new Uint8Array(op.customOptions).buffer);
}

/** Landmark indices of the refined parts, in the order of the network's outputs. */
export function attentionSubsets(operators: readonly TfliteOperator[]): number[][] {
  return operators
    .filter((op) => op.custom === 'Landmarks2TransformMatrix')
    .map((op) => [...(optionsOf(op) as TransformMatrixOptions).subset_idxs]);
}
