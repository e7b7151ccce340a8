/** Built graphs kept between runs, by the content of their weights and by what was built of them. */
import { inOrder, type Network } from '@pctalk/graph';
import { type BuildNetworkOptions, buildNetwork, type ReleasedNetwork, type StateDict } from './build-network.ts';

/** Keeps built graphs. */
export interface GraphCache {
  /**
   * The graph kept under an identity, or what `build` gives, kept from then on.
   * @param identity names weights, network and builder; any length.
   */
  obtain(identity: string, build: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>>;
}

/** Weights of a file, read only when a graph has to be built of them. */
export interface WeightSource {
  /** SHA-256 of the file. */
  readonly hash: string;
  readonly read: () => Promise<StateDict>;
}

/** Counts changes of folding and emission that the description of a network does not show. */
const BUILDER_VERSION = 1;

/** `buildNetwork`, or the same from the cache where one is given and the weights have a hash. */
export async function obtainNetwork(
  network: ReleasedNetwork,
  weights: StateDict | WeightSource,
  options: BuildNetworkOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = isSource(weights) ? weights : undefined;
  const build = async () => buildNetwork(network, isSource(weights) ? await weights.read() : weights, options);
  const hash = source?.hash ?? options.hash;
  if (options.cache === undefined || hash === undefined) return build();
  const identity = [BUILDER_VERSION, hash, options.precision ?? 'float32', signatureOf(network)];
  return options.cache.obtain(JSON.stringify(identity), build);
}

function isSource(weights: StateDict | WeightSource): weights is WeightSource {
  return 'hash' in weights;
}

/** All operations of a network with their shapes and attributes: another description is another graph. */
function signatureOf(network: Network): readonly unknown[] {
  const values = inOrder(Object.values(network.outputs));
  const places = new Map(values.map((value, at) => [value, at]));
  return [
    network.name,
    Object.entries(network.outputs).map(([name, value]) => [name, places.get(value)]),
    values.map(({ origin, shape }) => {
      if (origin.kind === 'node') {
        const { op, inputs, attributes } = origin.node;
        return [op, shape, inputs.map((source) => source && places.get(source)), attributes];
      }
      return [origin.kind, shape, origin.kind === 'constant' ? '' : origin.name];
    }),
  ];
}
