import { parseTflite } from '../../formats/tflite.ts';
import { convertTflite, type OperatorEmitter } from '../tflite/convert.ts';

/** Name of the file inside the npm package `@mediapipe/selfie_segmentation` that holds the network. */
export const MATTE_MODEL_FILE = 'selfie_segmentation.tflite';

/** Side of the matte network's input and output. */
export const MATTE_NETWORK_SIZE = 256;

/** Name of the output: share of the person in each pixel `[1, 1, 256, 256]`, 0–1. */
export const MATTE_OUTPUT = 'activation_10';

/** A transposed convolution with its bias; options: padding, strides (int32 each). */
const emitTransposedConvolution: OperatorEmitter = (c, op) => {
  const [input, weight, bias] = op.inputs as [number, number, number];
  const [outputs, height, width, inputs] = c.shape(weight) as [number, number, number, number];
  const view = new DataView(op.customOptions.buffer, op.customOptions.byteOffset, op.customOptions.byteLength);
  const strides = [view.getInt32(8, true), view.getInt32(4, true)];
  // [O, H, W, I] → [I, O, H, W].
  const source = c.floats(weight);
  const target = new Float32Array(source.length);
  const taps = height * width;
  for (let o = 0; o < outputs; o++) {
    for (let t = 0; t < taps; t++) {
      for (let i = 0; i < inputs; i++) target[(i * outputs + o) * taps + t] = source[(o * taps + t) * inputs + i]!;
    }
  }
  const attributes = { kernel_shape: [height, width], strides, auto_pad: 'SAME_UPPER' };
  const weights = c.weights('weight', target, [inputs, outputs, height, width]);
  const biases = c.weights('bias', c.floats(bias), [outputs]);
  c.define(op.outputs[0]!, c.model.node('ConvTranspose', [c.value(input), weights, biases], attributes));
};

/**
 * Matte network (selfie segmentation, square) as ONNX; input `input` `[1, 3, 256, 256]`, RGB in 0–1.
 * @param tflite selfie_segmentation.tflite of the npm package `@mediapipe/selfie_segmentation` 0.1.1675465747
 * @source google-ai-edge/mediapipe mediapipe/util/tflite/operations/transpose_conv_bias.cc
 */
export function buildMatteNetwork(tflite: Uint8Array): Uint8Array {
  return convertTflite(parseTflite(tflite), 'selfie_segmentation', {
    Convolution2DTransposeBias: emitTransposedConvolution,
  });
}
