import { bytesOf, OnnxModel } from '@pctalk/graph';
import { invariant, PcTalkError } from '../../errors.ts';
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../../formats/tflite.ts';
import { widenFloat16 } from '../../math/float16.ts';
import { BUILTIN_OPERATORS } from './operators.ts';

/** Writes one TFLite operation as ONNX nodes. */
export type OperatorEmitter = (conversion: TfliteConversion, operator: TfliteOperator) => void;

/**
 * State while a TFLite graph is written as ONNX. Pictures `[1, H, W, C]` become `[1, C, H, W]`; all other shapes keep
 * their order. Half-precision weights are widened.
 */
export class TfliteConversion {
  readonly model: OnnxModel;
  readonly #source: TfliteModel;
  readonly #names = new Map<number, string>();
  readonly #constants = new Map<number, TfliteTensor>();

  constructor(source: TfliteModel, model: OnnxModel) {
    this.#source = source;
    this.model = model;
  }

  /** The TFLite shape of a tensor. */
  shape(index: number): readonly number[] {
    return this.#source.tensors[index]!.shape;
  }

  /** True if the tensor is stored in the file (perhaps in half precision). */
  isConstant(index: number): boolean {
    return this.#constants.has(index) || this.#source.tensors[index]!.data.length > 0;
  }

  /** Floats of a stored tensor, in TFLite order. */
  floats(index: number): Float32Array {
    const tensor = this.#constants.get(index) ?? this.#source.tensors[index]!;
    invariant(tensor.data.length > 0, `TFLite tensor ${index} is not a constant`);
    if (tensor.type === 'float16') return widenFloat16(tensor.data);
    invariant(tensor.type === 'float32', `TFLite tensor ${index} holds no floats`);
    return new Float32Array(new Uint8Array(tensor.data).buffer);
  }

  /** Integers of a stored tensor. */
  integers(index: number): Int32Array {
    const tensor = this.#source.tensors[index]!;
    invariant(tensor.type === 'int32' && tensor.data.length > 0, `TFLite tensor ${index} holds no integers`);
    return new Int32Array(new Uint8Array(tensor.data).buffer);
  }

  /** Declares that `output` is the stored tensor `input`. */
  alias(output: number, input: number): void {
    this.#constants.set(output, this.#source.tensors[input]!);
  }

  /** ONNX name of a value computed earlier. */
  value(index: number): string {
    const name = this.#names.get(index);
    invariant(name !== undefined, `TFLite tensor ${index} is used before it is made`);
    return name;
  }

  /** Declares the ONNX value that stands for a TFLite tensor. */
  define(index: number, name: string): void {
    this.#names.set(index, name);
  }

  /** Stores float32 weights under a name of their own. */
  weights(hint: string, data: Float32Array, dims: readonly number[]): string {
    return this.model.constant(this.model.fresh(hint), { type: 'float32', dims, data: bytesOf(data) });
  }

  /** Stores int64 values, as shapes and indices need. */
  indices(data: readonly number[], dims: readonly number[] = [data.length]): string {
    return this.model.integers(this.model.fresh('index'), data, dims);
  }

  /** ONNX shape of a TFLite tensor. */
  onnxShape(index: number): number[] {
    const shape = this.shape(index);
    return shape.length === 4 ? [shape[0]!, shape[3]!, shape[1]!, shape[2]!] : [...shape];
  }
}

/**
 * Writes a TFLite graph as ONNX.
 * @param custom emitters for the custom operations, by name.
 * @returns a serialised `ModelProto` whose input is `input` and whose outputs have the names of the TFLite tensors.
 * @throws `model-invalid` for operations that are not known.
 */
export function convertTflite(
  source: TfliteModel,
  name: string,
  custom: Readonly<Record<string, OperatorEmitter>> = {},
): Uint8Array {
  const conversion = new TfliteConversion(source, new OnnxModel(name, 17));
  const input = source.inputs[0]!;
  conversion.define(input, conversion.model.input('input', 'float32', conversion.onnxShape(input)));
  for (const operator of source.operators) {
    const emit = operator.code === 32 ? custom[operator.custom] : BUILTIN_OPERATORS[operator.code];
    if (!emit) {
      throw new PcTalkError(
        'model-invalid',
        `TFLite model ${name}: operation ${operator.custom || operator.code} is unknown, try the pinned model version`,
      );
    }
    emit(conversion, operator);
  }
  for (const output of source.outputs) {
    const outputName = source.tensors[output]!.name;
    conversion.model.node('Identity', [conversion.value(output)], {}, outputName);
    conversion.model.output(outputName, 'float32', conversion.onnxShape(output));
  }
  return conversion.model.toBytes();
}
