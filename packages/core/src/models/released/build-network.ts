/** From a released file's arrays to a model that runs. */
import { emitInference, type Network, type Shape } from '@pctalk/graph';
import { PcTalkError, type WarningReporter } from '../../errors.ts';
import { type StoredTensor, toFloat32 } from '../../formats/stored-tensor.ts';
import type { GraphCache } from './graph-cache.ts';
import type { ReleasedScope } from './released-scope.ts';

/** Arrays of a checkpoint by key. */
export type StateDict = ReadonlyMap<string, StoredTensor>;

/** A network described over a scope that knows the released layout. */
export interface ReleasedNetwork extends Network {
  readonly scope: ReleasedScope;
}

/** How a network is built from a file. */
export interface BuildNetworkOptions {
  /** Names the file in errors and warnings. */
  readonly where: string;
  /** Hears of entries the network does not have. Default: nobody. */
  readonly warn?: WarningReporter;
  /** Of convolutions and matrix products. Default: `float32`. */
  readonly precision?: 'float32' | 'float16';
  /** Where graphs are kept between runs. Default: nowhere. */
  readonly cache?: GraphCache;
  /** SHA-256 of the file the weights come from; without it nothing is kept. */
  readonly hash?: string;
}

/**
 * Builds the inference model of a released network.
 * @returns a serialised ONNX model.
 * @throws `model-invalid` if an entry is missing, has another shape, or holds numbers that are not finite.
 */
export function buildNetwork(
  network: ReleasedNetwork,
  state: StateDict,
  options: BuildNetworkOptions,
): Uint8Array<ArrayBuffer> {
  checkEntries(network.scope.entries(), state, options);
  return emitInference(
    network,
    network.scope.foldWeights((key) => finite(toFloat32(state.get(key)!), key, options.where)),
    options.precision === undefined ? {} : { precision: options.precision },
  );
}

/** Counts of these entries say how training went on, not what the network computes. */
const COUNTERS = /(^|\.)num_batches_tracked$/;

/**
 * Holds a state dict against the entries a network needs.
 * @throws `model-invalid` if one is missing or has another shape; entries beyond them are named in a warning.
 */
export function checkEntries(
  expected: ReadonlyMap<string, Shape>,
  state: StateDict,
  options: BuildNetworkOptions,
): void {
  const { where, warn } = options;
  const missing = [...expected.keys()].filter((key) => !state.has(key));
  if (missing.length > 0) {
    throw new PcTalkError('model-invalid', `${where}: expected ${list(missing)}, which the file lacks.`, {
      details: { missing },
    });
  }
  for (const [key, shape] of expected) {
    const { dims } = state.get(key)!;
    if (dims.join() !== shape.join()) {
      throw new PcTalkError('model-invalid', `${where}: expected ${key} of shape [${shape}], got [${dims}].`);
    }
  }
  const extra = [...state.keys()].filter((key) => !expected.has(key) && !COUNTERS.test(key));
  if (extra.length > 0) {
    warn?.({ code: 'model-extra-entries', message: `${where}: entries this network does not have: ${list(extra)}.` });
  }
}

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).join(', ');
  return keys.length > 5 ? `${shown} and ${keys.length - 5} more` : shown;
}

function finite(data: Float32Array, key: string, where: string): Float32Array {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i]!)) {
      throw new PcTalkError('model-invalid', `${where}: expected finite numbers in ${key}, got ${data[i]} at ${i}.`);
    }
  }
  return data;
}
