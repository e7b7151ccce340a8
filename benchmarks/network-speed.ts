/** What the benchmarks of networks share: counted work, medians, and the fastest this machine multiplies matrices. */
import { emitInference, inOrder, input, matmul, type Network, type Value } from '@pctalk/graph';
import type { Tensor, TensorRuntime, TensorSession } from '../packages/core/src/tensor-runtime.ts';
import { fill } from '../packages/core/test/helpers/formula.ts';

/** Multiply-adds of convolutions and matrix products. */
export function countMacs(network: Network): number {
  let total = 0;
  for (const value of inOrder(Object.values(network.outputs))) {
    if (value.origin.kind !== 'node' || value.origin.index > 0) continue;
    const { op, inputs } = value.origin.node;
    if (op === 'Conv') total += sizeOf(value.shape) * sizeOf(inputs[1]!.shape.slice(1));
    if (op === 'MatMul') total += sizeOf(value.shape) * inputs[0]!.shape.at(-1)!;
  }
  return total;
}

/** Largest sum of bytes of float32 values that are needed at one time, when nodes run in order. */
export function peakActivationBytes(network: Network): number {
  const order = inOrder(Object.values(network.outputs));
  const lastUse = new Map<Value, number>();
  order.forEach((value, at) => {
    if (value.origin.kind === 'node')
      for (const source of value.origin.node.inputs) if (source) lastUse.set(source, at);
  });
  for (const output of Object.values(network.outputs)) lastUse.set(output, order.length);
  let live = 0;
  let peak = 0;
  order.forEach((value, at) => {
    if (value.origin.kind !== 'node') return;
    live += 4 * sizeOf(value.shape);
    peak = Math.max(peak, live);
    for (const source of new Set(value.origin.node.inputs)) {
      if (source?.origin.kind === 'node' && lastUse.get(source) === at) live -= 4 * sizeOf(source.shape);
    }
  });
  return peak;
}

/** Number of elements of a shape. */
export function sizeOf(shape: Value['shape']): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** A line of a report. */
export function report(name: string, text: string): void {
  console.log(`${name.padEnd(34)} ${text}`);
}

/** A product of square matrices: the most multiply-adds a second this runtime reaches here. */
export interface MatrixPeak {
  readonly session: TensorSession;
  readonly feeds: Record<string, Tensor>;
  readonly macs: number;
}

/** @param n side of the matrices. */
export async function matrixPeak(runtime: TensorRuntime, n = 1536): Promise<MatrixPeak> {
  const product = matmul(input('a', [n, n]), input('b', [n, n]));
  const session = await runtime.load(emitInference({ name: 'peak', outputs: { c: product } }, new Map()));
  const matrix = (name: string): Tensor => ({ dims: [n, n], data: fill(name, [n, n], -1, 1) });
  return { session, feeds: { a: matrix('a'), b: matrix('b') }, macs: n ** 3 };
}

/** Inputs of W and G at released sizes. */
export function drawingInputs(): {
  readonly warping: Record<string, Tensor>;
  readonly generator: Record<string, Tensor>;
} {
  const tensor = (name: string, dims: readonly number[], bound: number): Tensor => ({
    dims,
    data: fill(`input/${name}`, dims, -bound, bound),
  });
  const source = tensor('kp_source', [1, 21, 3], 0.8);
  const delta = fill('input/kp_delta', [63], -0.15, 0.15);
  const driving = (source.data as Float32Array).map((value, i) => value + delta[i]!);
  return {
    warping: {
      feature_3d: tensor('feature_3d', [1, 32, 16, 64, 64], 1),
      kp_driving: { dims: [1, 21, 3], data: driving },
      kp_source: source,
    },
    generator: { feature: tensor('gen_feature', [1, 256, 64, 64], 1) },
  };
}
