/** From a network description to ONNX. */
import { halfBytes } from './half.ts';
import { bytesOf, ONNX_TYPES, OnnxModel, type OnnxTensor } from './onnx.ts';
import type { Weights, WeightTensor } from './parameters.ts';
import { type ConstantData, check, format, GraphError, inOrder, type Node, sameShape, type Value } from './value.ts';

/** A network: what it gives, by name. Inputs and parameters follow from it. */
export interface Network {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** How a graph is written as ONNX. */
export interface EmitOptions {
  /** Version of the default operator set. */
  readonly opset?: number;
  /** Free text kept in the file, such as the model card. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * `float16` carries convolutions and matrix products out in half precision, with their weights stored so; all else
   * stays float32, as coordinates and normalisations need. Default: `float32`.
   */
  readonly precision?: 'float32' | 'float16';
}

/**
 * An inference model with its weights stored inside.
 * @throws GraphError if a parameter has no weights or weights of another shape.
 */
export function emitInference(network: Network, weights: Weights, options: EmitOptions = {}): Uint8Array<ArrayBuffer> {
  return emit(network, options, (name, value) => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new GraphError(`${network.name}: expected weights for ${name}, got none`);
    check(sameShape(tensor.dims, value.shape), `weights of ${name}`, format(value.shape), format(tensor.dims));
    return tensor;
  });
}

/** A model that takes its parameters as inputs of their own names, as training needs. */
export function emitWithParameterInputs(network: Network, options: EmitOptions = {}): Uint8Array<ArrayBuffer> {
  return emit(network, options, undefined);
}

/** Carried out in half precision where that is asked for. */
const HALF_OPS = new Set(['Conv', 'MatMul']);

/** @param weightsOf the weights of a parameter; without it, parameters are inputs. */
function emit(
  network: Network,
  options: EmitOptions,
  weightsOf: ((name: string, value: Value) => WeightTensor) | undefined,
): Uint8Array<ArrayBuffer> {
  const model = new OnnxModel(network.name, options.opset);
  for (const [key, text] of Object.entries(options.metadata ?? {})) model.metadata(key, text);
  const names = new Map<Value, string>();
  const outputNames = new Map<Value, string>();
  for (const [name, value] of Object.entries(network.outputs)) {
    if (value.origin.kind === 'node' && !outputNames.has(value)) outputNames.set(value, name);
  }
  const leaves = new Map<string, Value>();
  const constants = new Map<string, string>();
  const emitted = new Map<string, Node>(); // by what they compute: equal nodes are emitted once
  const pending = new Map<Value, string>(); // parameters not stored yet: some are needed in half precision alone
  const nameOf = (value: Value) => {
    const parameter = pending.get(value);
    pending.delete(value);
    if (parameter !== undefined && weightsOf === undefined) model.input(parameter, 'float32', value.shape);
    else if (parameter !== undefined) {
      const { data, dims } = weightsOf!(parameter, value);
      model.floats(parameter, data, dims);
    }
    return names.get(value)!;
  };
  const halves = new Map<Value, string>();
  const halfOf = (value: Value): string => {
    const known = halves.get(value);
    if (known !== undefined) return known;
    const { origin } = value;
    const name =
      origin.kind === 'parameter' && weightsOf !== undefined
        ? model.constant(`${origin.name}.half`, half(weightsOf(origin.name, value)))
        : model.node('Cast', [nameOf(value)], { to: ONNX_TYPES.float16 });
    halves.set(value, name);
    return name;
  };

  for (const value of inOrder(Object.values(network.outputs))) {
    const { origin } = value;
    if (origin.kind === 'node') {
      if (names.has(value)) continue;
      if (options.precision === 'float16' && HALF_OPS.has(origin.node.op)) {
        const product = model.node(
          origin.node.op,
          origin.node.inputs.map((source) => halfOf(source!)),
          origin.node.attributes,
        );
        halves.set(value, product);
        names.set(value, outputNames.get(value) ?? model.fresh(origin.node.op));
        model.node('Cast', [product], { to: ONNX_TYPES.float32 }, nameOf(value));
        continue;
      }
      const inputs = origin.node.inputs.map((source) => (source === undefined ? '' : nameOf(source)));
      const key = `${origin.node.op}(${inputs.join()}) ${JSON.stringify(origin.node.attributes)}`;
      const twin = emitted.get(key);
      if (twin !== undefined) {
        origin.node.outputs.forEach((made, i) => {
          names.set(made, nameOf(twin.outputs[i]!));
        });
        continue;
      }
      emitted.set(key, origin.node);
      for (const made of origin.node.outputs) names.set(made, outputNames.get(made) ?? model.fresh(origin.node.op));
      model.nodes(origin.node.op, inputs, origin.node.outputs.map(nameOf), origin.node.attributes);
    } else if (origin.kind === 'constant') {
      names.set(value, storeConstant(model, constants, value, origin.data));
    } else {
      const known = leaves.get(origin.name);
      if (known !== undefined && known !== value) {
        throw new GraphError(`${network.name}: expected one ${origin.kind} called ${origin.name}, got two`);
      }
      leaves.set(origin.name, value);
      names.set(value, origin.name);
      if (origin.kind === 'input') model.input(origin.name, value.type, value.shape);
      else pending.set(value, origin.name);
    }
  }
  for (const [name, value] of Object.entries(network.outputs)) {
    if (leaves.has(name))
      throw new GraphError(`${network.name}: expected an output name of its own, got input ${name}`);
    // A leaf, or a value given under two names, reaches its output through a node of its own.
    if (nameOf(value) !== name) model.node('Identity', [nameOf(value)], {}, name);
    model.output(name, value.type, value.shape);
  }
  return model.toBytes();
}

function half({ data, dims }: WeightTensor): OnnxTensor {
  return { type: 'float16', dims, data: halfBytes(data) };
}

// Constants of equal content are stored once.
function storeConstant(model: OnnxModel, stored: Map<string, string>, value: Value, data: ConstantData): string {
  const tensor: OnnxTensor = { type: value.type, dims: value.shape, data: bytesOf(data) };
  if (data.length > 64) return model.constant(model.fresh('constant'), tensor);
  const key = `${value.type} ${value.shape.join()}: ${data.join()}`;
  const name = stored.get(key) ?? model.constant(model.fresh('constant'), tensor);
  stored.set(key, name);
  return name;
}
