/** From trained weights to a model file with its card. */
import { emitInference, type Network, type Weights } from '@pctalk/graph';
import { writeFileAtomically } from './checkpoint.ts';

/** What a user of a model must know, kept inside the file under the key `card`. */
export interface ModelCard {
  readonly title: string;
  /** SPDX identifier. */
  readonly licence: string;
  /** Where the training data came from, with licences. */
  readonly data: readonly string[];
  /** Steps, seed and measured figures of the training. */
  readonly training: Readonly<Record<string, number | string>>;
  /** What it is for, and what it is known to do badly. */
  readonly notes: readonly string[];
}

/** Writes an inference model. @returns its bytes. @throws GraphError if weights are missing. */
export async function exportModel(
  path: string,
  network: Network,
  weights: Weights,
  card: ModelCard,
): Promise<Uint8Array> {
  const bytes = emitInference(network, weights, { metadata: { card: JSON.stringify(card) } });
  await writeFileAtomically(path, bytes);
  return bytes;
}
