import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PcTalkError, widenFloat16 } from '@pctalk/core';
import { bytesOf, OnnxModel } from '@pctalk/graph';

/** The part of a TensorFlow.js graph model file that is read. */
interface GraphModelFile {
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly StoredWeight[] }[];
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, { readonly s?: string; readonly list?: { i?: string[]; s?: string[] } }>>;
}

interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string };
}

interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Writes a TensorFlow.js graph model of convolutions as ONNX, channels first.
 *
 * Covers what small picture classifiers use: (fused) convolution, depthwise convolution, max pooling, sums, products,
 * bounds, ReLU, the mean over the picture and softmax; a constant may stand second.
 * @param path its .json file; the weight files lie beside it. @param side pixels of the square input.
 * @param answerAt name of the node whose value is the answer. @default the graph's own output
 * @returns a `ModelProto` with input `picture` `[1, channels, side, side]` and output `answer`.
 * @throws `model-invalid` for operations it does not know.
 */
export async function convertTfjsGraph(
  path: string,
  side: number,
  channels: number,
  answerAt?: string,
): Promise<Uint8Array> {
  const file = JSON.parse(await readFile(path, 'utf8')) as GraphModelFile;
  const weights = await readWeights(file, dirname(path));
  const model = new OnnxModel('tfjs-graph', 17);
  const names = new Map<string, string>();
  const value = (name: string): string => {
    const found = names.get(name);
    if (found === undefined) throw unknown(path, `value ${name}`);
    return found;
  };
  let answer = '';
  for (const node of file.modelTopology.node) {
    if (node.op === 'Const') continue;
    const [first = '', second = '', third] = node.input ?? [];
    const weight = weights.get(second);
    switch (node.op) {
      case 'Placeholder':
        names.set(node.name, model.input('picture', 'float32', [1, channels, side, side]));
        break;
      case '_FusedConv2D':
      case 'Conv2D':
      case 'DepthwiseConv2dNative': {
        if (weight === undefined) throw unknown(path, `weights ${second}`);
        const bias = third === undefined ? undefined : weights.get(third);
        const out = convolve(model, node, value(first), weight, bias);
        names.set(node.name, fusedWith(node).includes('Relu') ? model.node('Relu', [out]) : out);
        break;
      }
      case 'MaxPool': {
        const attributes = {
          kernel_shape: middle(node, 'ksize'),
          strides: middle(node, 'strides'),
          auto_pad: padding(node),
        };
        names.set(node.name, model.node('MaxPool', [value(first)], attributes));
        break;
      }
      case 'Add':
      case 'AddV2':
      case 'Mul':
      case 'Minimum':
      case 'Maximum': {
        const other = weight === undefined ? value(second) : constantOf(model, weight);
        names.set(node.name, model.node(ELEMENTWISE[node.op], [value(first), other]));
        break;
      }
      case 'Relu':
        names.set(node.name, model.node('Relu', [value(first)]));
        break;
      case 'Mean':
        names.set(node.name, model.node('ReduceMean', [value(first)], { axes: [2, 3], keepdims: 0 }));
        break;
      case 'Softmax':
        names.set(node.name, model.node('Softmax', [value(first)], { axis: -1 }));
        break;
      case 'Identity':
        answer = value(first);
        break;
      default:
        throw unknown(path, `operation ${node.op}`);
    }
    if (node.name === answerAt) {
      answer = value(answerAt);
      break;
    }
  }
  model.output(model.node('Identity', [answer], {}, 'answer'), 'float32', [1, 'classes']);
  return model.toBytes();
}

const ELEMENTWISE = { Add: 'Add', AddV2: 'Add', Mul: 'Mul', Minimum: 'Min', Maximum: 'Max' } as const;

/** A number, or one value a channel. */
function constantOf(model: OnnxModel, { shape, data }: Weight): string {
  const dims = shape.length === 0 ? [] : [1, data.length, 1, 1];
  return model.constant(model.fresh('constant'), { type: 'float32', dims, data: bytesOf(data) });
}

/** Weights `[H, W, I, O]`, depthwise `[H, W, I, 1]`, become `[O, I, H, W]`, depthwise `[I, 1, H, W]`. */
function convolve(model: OnnxModel, node: GraphNode, x: string, weight: Weight, bias: Weight | undefined): string {
  const [height = 0, width = 0, inputs = 0, last = 0] = weight.shape;
  const isDepthwise = node.op === 'DepthwiseConv2dNative';
  const outputs = isDepthwise ? inputs : last;
  const depth = isDepthwise ? 1 : inputs;
  const taps = height * width;
  const target = new Float32Array(weight.data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < depth; i++) {
      for (let t = 0; t < taps; t++) {
        target[(o * depth + i) * taps + t] =
          weight.data[isDepthwise ? t * outputs + o : (t * depth + i) * outputs + o]!;
      }
    }
  }
  const stored = (hint: string, data: Float32Array, dims: readonly number[]) =>
    model.constant(model.fresh(hint), { type: 'float32', dims, data: bytesOf(data) });
  const inputsOf = [x, stored('weight', target, [outputs, depth, height, width])];
  if (bias !== undefined) inputsOf.push(stored('bias', bias.data, [outputs]));
  return model.node('Conv', inputsOf, {
    kernel_shape: [height, width],
    strides: middle(node, 'strides'),
    auto_pad: padding(node),
    group: isDepthwise ? outputs : 1,
  });
}

async function readWeights(file: GraphModelFile, folder: string): Promise<Map<string, Weight>> {
  const weights = new Map<string, Weight>();
  for (const { paths, weights: stored } of file.weightsManifest) {
    const bytes = Buffer.concat(await Promise.all(paths.map((name) => readFile(join(folder, name)))));
    let at = 0;
    for (const { name, shape, dtype, quantization } of stored) {
      const isHalf = quantization?.dtype === 'float16';
      const length = (isHalf ? 2 : 4) * shape.reduce((a, b) => a * b, 1);
      const part = new Uint8Array(bytes.subarray(at, at + length));
      if (dtype === 'float32') {
        weights.set(name, { shape, data: isHalf ? widenFloat16(part) : new Float32Array(part.buffer) });
      }
      at += length;
    }
  }
  return weights;
}

/** Height and width of an attribute in channels-last order. */
function middle(node: GraphNode, name: string): number[] {
  return (node.attr[name]?.list?.i ?? []).slice(1, 3).map(Number);
}

function padding(node: GraphNode): string {
  return decode(node.attr['padding']?.s) === 'SAME' ? 'SAME_UPPER' : 'VALID';
}

function fusedWith(node: GraphNode): string[] {
  return (node.attr['fused_ops']?.list?.s ?? []).map(decode);
}

function decode(text = ''): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

function unknown(path: string, what: string): PcTalkError {
  return new PcTalkError(
    'model-invalid',
    `${path}: expected a small picture classifier, got ${what}; use the pinned version`,
  );
}
