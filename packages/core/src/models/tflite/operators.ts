import { invariant } from '../../errors.ts';
import type { TfliteOperator } from '../../formats/tflite.ts';
import type { OperatorEmitter, TfliteConversion } from './convert.ts';

/**
 * The built-in operations that the face and matte models use, by code.
 * @source tensorflow/lite/schema/schema.fbs (codes, option fields), tensorflow/lite/kernels (padding and layout)
 */
export const BUILTIN_OPERATORS: Readonly<Record<number, OperatorEmitter>> = {
  0: (c, op) => emitBinary(c, 'Add', op.inputs, op.outputs[0]!),
  1: (c, op) => emitPool(c, op, 'AveragePool'),
  2: (c, op) => {
    const rank = c.shape(op.outputs[0]!).length;
    const axis = op.option(0, 'int32', 0);
    invariant(rank !== 4, 'concatenation of pictures is not written');
    const inputs = op.inputs.map((input) => c.value(input));
    c.define(op.outputs[0]!, c.model.node('Concat', inputs, { axis: axis < 0 ? axis + rank : axis }));
  },
  3: (c, op) => emitConv(c, op, 'dense'),
  4: (c, op) => emitConv(c, op, 'depthwise'),
  6: (c, op) => c.alias(op.outputs[0]!, op.inputs[0]!),
  14: (c, op) => c.define(op.outputs[0]!, c.model.node('Sigmoid', [c.value(op.inputs[0]!)])),
  17: (c, op) => emitPool(c, op, 'MaxPool'),
  18: (c, op) => emitBinary(c, 'Mul', op.inputs, op.outputs[0]!),
  19: (c, op) => c.define(op.outputs[0]!, c.model.node('Relu', [c.value(op.inputs[0]!)])),
  22: (c, op) => emitReshape(c, op.inputs[0]!, op.outputs[0]!),
  23: (c, op) => emitResizeBilinear(c, op),
  34: (c, op) => {
    const pads = c.integers(op.inputs[1]!);
    const order = [0, 3, 1, 2];
    const onnxPads = c.indices([0, 1].flatMap((end) => order.map((axis) => pads[axis * 2 + end]!)));
    c.define(op.outputs[0]!, c.model.node('Pad', [c.value(op.inputs[0]!), onnxPads]));
  },
  45: (c, op) => {
    const same = c.shape(op.inputs[0]!).join() === c.shape(op.outputs[0]!).join();
    invariant(same, 'only slices of the whole tensor are written');
    c.define(op.outputs[0]!, c.value(op.inputs[0]!));
  },
  54: (c, op) => {
    const slope = c.floats(op.inputs[1]!);
    const weights = c.weights('slope', slope, [slope.length, 1, 1]);
    c.define(op.outputs[0]!, c.model.node('PRelu', [c.value(op.inputs[0]!), weights]));
  },
  117: (c, op) => c.define(op.outputs[0]!, c.model.node('HardSwish', [c.value(op.inputs[0]!)])),
};

function emitPool(c: TfliteConversion, op: TfliteOperator, name: 'AveragePool' | 'MaxPool'): void {
  const strides = [op.option(2, 'int32', 1), op.option(1, 'int32', 1)];
  const kernel = [op.option(4, 'int32', 1), op.option(3, 'int32', 1)];
  const attributes = { strides, kernel_shape: kernel, auto_pad: padding(op.option(0, 'int8', 0)) };
  c.define(op.outputs[0]!, c.model.node(name, [c.value(op.inputs[0]!)], attributes));
}

/** Enlarging with pixel centres at halves, as ONNX does it by default. */
function emitResizeBilinear(c: TfliteConversion, op: TfliteOperator): void {
  const [aligned, halved] = [op.option(2, 'int8', 0), op.option(3, 'int8', 0)];
  invariant(aligned === 0 && halved === 1, 'only resizing with half pixel centres is written');
  const sizes = c.indices(c.onnxShape(op.outputs[0]!));
  const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
  c.define(op.outputs[0]!, c.model.node('Resize', [c.value(op.inputs[0]!), '', '', sizes], attributes));
}

/** Convolution: weights `[O, H, W, I]` (depthwise `[1, H, W, O]`) become `[O, I, H, W]`. */
function emitConv(c: TfliteConversion, op: TfliteOperator, kind: 'dense' | 'depthwise'): void {
  const [input, weight, bias] = op.inputs as [number, number, number];
  const activation = op.option(kind === 'dense' ? 3 : 4, 'int8', 0);
  invariant(activation === 0, 'fused activations are not written');
  const [first, height, width, last] = c.shape(weight) as [number, number, number, number];
  const outputs = kind === 'dense' ? first : last;
  const inputs = kind === 'dense' ? last : 1;
  const target = channelsFirst(c.floats(weight), outputs, height * width, inputs, kind);
  const attributes = {
    kernel_shape: [height, width],
    strides: [op.option(2, 'int32', 1), op.option(1, 'int32', 1)],
    auto_pad: padding(op.option(0, 'int8', 0)),
    group: kind === 'dense' ? 1 : outputs,
  };
  const weights = c.weights('weight', target, [outputs, inputs, height, width]);
  const biases = c.weights('bias', c.floats(bias), [outputs]);
  c.define(op.outputs[0]!, c.model.node('Conv', [c.value(input), weights, biases], attributes));
}

function channelsFirst(
  source: Float32Array,
  outputs: number,
  taps: number,
  inputs: number,
  kind: 'dense' | 'depthwise',
): Float32Array {
  if (kind === 'dense' && taps === 1) return source;
  const target = new Float32Array(source.length);
  const [outputStep, tapStep] = kind === 'dense' ? [taps * inputs, inputs] : [1, outputs];
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let t = 0; t < taps; t++) target[(o * inputs + i) * taps + t] = source[o * outputStep + t * tapStep + i]!;
    }
  }
  return target;
}

function emitBinary(c: TfliteConversion, name: 'Add' | 'Mul', inputs: readonly number[], output: number): void {
  const names = inputs.map((input) => {
    if (!c.isConstant(input)) return c.value(input);
    invariant(c.shape(output).length !== 4, 'arithmetic of pictures with constants is not written');
    return c.weights('constant', c.floats(input), c.shape(input));
  });
  c.define(output, c.model.node(name, names));
}

/** TFLite reshapes in channels-last order, so pictures go back to it first. */
function emitReshape(c: TfliteConversion, input: number, output: number): void {
  const from = c.shape(input);
  const to = c.shape(output);
  const isPicture = from.length === 4 && from[1]! * from[2]! > 1;
  const last = isPicture ? c.model.node('Transpose', [c.value(input)], { perm: [0, 2, 3, 1] }) : c.value(input);
  invariant(to.length !== 4 || to[1]! * to[2]! === 1, 'reshape into a picture is not written');
  c.define(output, c.model.node('Reshape', [last, c.indices(c.onnxShape(output))]));
}

function padding(code: number): string {
  return code === 0 ? 'SAME_UPPER' : 'VALID';
}
