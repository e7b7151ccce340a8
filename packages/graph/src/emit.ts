/** From a network description to ONNX. */
import { bytesOf, OnnxModel, type OnnxTensor } from './onnx.ts';
import type { Weights } from './parameters.ts';
import { type ConstantData, check, format, GraphError, inOrder, type Node, sameShape, type Value } from './value.ts';

/** A network: what it gives, by name. Inputs and parameters follow from it. */
export interface Network {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Value>>;
}

export interface EmitOptions {
  /** Version of the default operator set. */
  readonly opset?: number;
  /** Free text kept in the file, such as the model card. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * An inference model with its weights stored inside.
 * @throws GraphError if a parameter has no weights or weights of another shape.
 */
export function emitInference(network: Network, weights: Weights, options: EmitOptions = {}): Uint8Array<ArrayBuffer> {
  return emit(network, options, (model, name, value) => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new GraphError(`${network.name}: expected weights for ${name}, got none`);
    check(sameShape(tensor.dims, value.shape), `weights of ${name}`, format(value.shape), format(tensor.dims));
    model.floats(name, tensor.data, tensor.dims);
  });
}

/** A model that takes its parameters as inputs of their own names, as training needs. */
export function emitWithParameterInputs(network: Network, options: EmitOptions = {}): Uint8Array<ArrayBuffer> {
  return emit(network, options, (model, name, value) => model.input(name, 'float32', value.shape));
}

function emit(
  network: Network,
  options: EmitOptions,
  declareParameter: (model: OnnxModel, name: string, value: Value) => void,
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
  const nameOf = (value: Value) => names.get(value)!;

  for (const value of inOrder(Object.values(network.outputs))) {
    const { origin } = value;
    if (origin.kind === 'node') {
      if (names.has(value)) continue;
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
      else declareParameter(model, origin.name, value);
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

// Constants of equal content are stored once.
function storeConstant(model: OnnxModel, stored: Map<string, string>, value: Value, data: ConstantData): string {
  const tensor: OnnxTensor = { type: value.type, dims: value.shape, data: bytesOf(data) };
  if (data.length > 64) return model.constant(model.fresh('constant'), tensor);
  const key = `${value.type} ${value.shape.join()}: ${data.join()}`;
  const name = stored.get(key) ?? model.constant(model.fresh('constant'), tensor);
  stored.set(key, name);
  return name;
}
