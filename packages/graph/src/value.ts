/**
 * What a network description is made of: values with static shapes, and the nodes that compute them.
 *
 * A description is a directed acyclic graph held together by its values alone: every value knows what it comes from,
 * so the values named as outputs are the whole network. A node is an ONNX operator with its ONNX inputs and attributes,
 * plus the rule that gives the gradients of its inputs. Emitting is therefore one node to one node.
 */
import type { OnnxAttribute } from './onnx.ts';

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];
/** Element type of a tensor. */
export type ValueType = 'float32' | 'int64' | 'int32' | 'bool' | 'uint8';
/** Elements of a constant, row-major. */
export type ConstantData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** How a parameter starts before training; `bound` of `uniform` and `deviation` of `normal` are in its own unit. */
export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly deviation: number };

/** Where a value comes from: fed, constant, trained, or computed. */
export type Origin =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly initial: Initialiser; readonly trainable: boolean }
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number };

/** An array that exists when the network runs. Two values are the same only if they are the same object. */
export interface Value {
  readonly shape: Shape;
  readonly type: ValueType;
  readonly origin: Origin;
}

/** Gradients of a node's inputs from the gradient of its first output; `undefined` where none is needed or defined. */
export type GradientRule = (dy: Value, y: Value) => readonly (Value | undefined)[];

/** One ONNX operator. An absent optional input is `undefined`. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly outputs: readonly Value[];
  readonly gradient: GradientRule | undefined;
}

/** A mistake in a network description: where: expected X, got Y. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

/** An array the caller feeds at each run. */
export function input(name: string, shape: Shape, type: ValueType = 'float32'): Value {
  return { shape, type, origin: { kind: 'input', name } };
}

/** A float32 constant. @throws GraphError if `data` does not fill `shape`. */
export function constant(data: readonly number[] | Float32Array, shape: Shape = [data.length]): Value {
  return typedConstant('float32', Float32Array.from(data), shape);
}

/** A float32 constant without axes, which broadcasts to any shape. */
export function scalar(number: number): Value {
  return constant([number], []);
}

/** An int64 constant, as shapes, axes and indices need. */
export function integers(data: readonly number[], shape: Shape = [data.length]): Value {
  return typedConstant('int64', BigInt64Array.from(data, BigInt), shape);
}

/** A bool constant, for masks. */
export function booleans(data: readonly boolean[], shape: Shape = [data.length]): Value {
  return typedConstant('bool', Uint8Array.from(data, Number), shape);
}

function typedConstant(type: ValueType, data: ConstantData, shape: Shape): Value {
  check(sizeOf(shape) === data.length, 'constant', `${sizeOf(shape)} elements for ${format(shape)}`, `${data.length}`);
  return { shape, type, origin: { kind: 'constant', data } };
}

/** Attributes, element type and gradient of a node. */
export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Element type of the first output; float32 unless given. */
  readonly type?: ValueType;
  readonly gradient?: GradientRule;
}

/** Adds a node with one output. */
export function node(
  op: string,
  inputs: readonly (Value | undefined)[],
  shape: Shape,
  options: NodeOptions = {},
): Value {
  return nodeWithOutputs(op, inputs, [shape], options)[0]!;
}

/** Adds a node with several outputs; a gradient flows only through the first. */
export function nodeWithOutputs(
  op: string,
  inputs: readonly (Value | undefined)[],
  shapes: readonly Shape[],
  options: NodeOptions = {},
): readonly Value[] {
  for (const shape of shapes) {
    check(
      shape.every((size) => Number.isInteger(size) && size > 0),
      op,
      'axes of at least 1',
      format(shape),
    );
  }
  const outputs: Value[] = [];
  const made: Node = { op, inputs, attributes: options.attributes ?? {}, outputs, gradient: options.gradient };
  shapes.forEach((shape, index) => {
    const type = index === 0 ? (options.type ?? 'float32') : 'float32';
    outputs.push({ shape, type, origin: { kind: 'node', node: made, index } });
  });
  return outputs;
}

/** Every value the given ones depend on, themselves included, each after all it depends on. */
export function inOrder(outputs: readonly Value[]): readonly Value[] {
  const seen = new Set<Value>();
  const order: Value[] = [];
  const stack: { readonly value: Value; readonly done: boolean }[] = outputs
    .toReversed()
    .map((value) => ({ value, done: false }));
  while (stack.length > 0) {
    const { value, done } = stack.pop()!;
    if (done) {
      order.push(value);
      continue;
    }
    if (seen.has(value)) continue;
    seen.add(value);
    stack.push({ value, done: true });
    if (value.origin.kind !== 'node') continue;
    for (const source of value.origin.node.inputs.toReversed()) {
      if (source !== undefined && !seen.has(source)) stack.push({ value: source, done: false });
    }
  }
  return order;
}

/** Elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** A shape as it is written in messages: `[2×100×512]`. */
export function format(shape: Shape): string {
  return `[${shape.join('×')}]`;
}

/** @throws GraphError `where: expected X, got Y` unless `condition` holds. */
export function check(condition: boolean, where: string, expected: string, got: string): asserts condition {
  if (!condition) throw new GraphError(`${where}: expected ${expected}, got ${got}`);
}

/** The axis counted from the front; -1 is the last. */
export function axisOf(where: string, axis: number, rank: number): number {
  check(Number.isInteger(axis) && axis >= -rank && axis < rank, where, `an axis below rank ${rank}`, `${axis}`);
  return axis < 0 ? axis + rank : axis;
}
