/** First values of parameters from a seed. */
import { uniformAt } from '@pctalk/core';
import { initialWeights, type ParameterScope, type Value, type Weights, type WeightTensor } from '@pctalk/graph';

/** Each parameter is drawn from a stream of its own, named by a hash of its name, so that the order never matters. */
export function firstWeights(parameters: ReadonlyMap<string, Value>, seed: number): Map<string, WeightTensor> {
  const streams = new Map([...parameters.keys()].map((name) => [name, nameHash(name)]));
  return initialWeights(parameters, (name, index) => uniformAt(seed, streams.get(name)!, index));
}

/** Those of the weights that a scope declares. */
export function knownWeights(weights: Weights, scope: ParameterScope): Weights {
  const parameters = scope.parameters();
  return new Map([...weights].filter(([name]) => parameters.has(name)));
}

/** 32-bit FNV-1a. */
function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
