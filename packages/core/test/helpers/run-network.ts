/** Builds a released network from a state dict and runs it once on the CPU. */

import { createNodeRuntime } from '../../../node/src/onnx-runtime.ts';
import { buildNetwork, type ReleasedNetwork, type StateDict } from '../../src/models/released/build-network.ts';
import type { Tensor } from '../../src/tensor-runtime.ts';

/** Outputs by name; every released network speaks float32. */
export async function runNetwork(
  network: ReleasedNetwork,
  state: StateDict,
  inputs: Readonly<Record<string, Tensor>>,
  precision: 'float32' | 'float16' = 'float32',
): Promise<Readonly<Record<string, Float32Array>>> {
  const session = await createNodeRuntime({ threads: 2 }).load(
    buildNetwork(network, state, { where: network.name, precision }),
  );
  const outputs = await session.run(inputs);
  await session.dispose();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
}

/** Largest absolute difference of two arrays of one length. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}

/** Root mean square of a − b over that of b. */
export function relativeRms(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let whole = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    whole += b[i]! ** 2;
  }
  return Math.sqrt(difference / whole);
}

/** A state dict with some entries replaced by other numbers. */
export function withValues(
  state: StateDict,
  changes: Readonly<Record<string, (data: Float32Array) => Float32Array>>,
): StateDict {
  const changed = new Map(state);
  for (const [key, change] of Object.entries(changes)) {
    const { type, dims, data } = state.get(key)!;
    const values = change(new Float32Array(data.slice().buffer));
    changed.set(key, { type, dims, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
  }
  return changed;
}
