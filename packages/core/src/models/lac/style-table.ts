import { PcTalkError } from '../../errors.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { type StoredTensor, toFloat32 } from '../../formats/stored-tensor.ts';
import { MESH_LAC } from './mesh-lac.ts';

/** Embeddings of the named styles of one lip network. */
export interface StyleTable {
  /** Names the network they belong to; embeddings of another mean nothing to it. */
  readonly model: string;
  /** e_s `[192]` by name. */
  readonly styles: ReadonlyMap<string, Float32Array>;
}

/** @param bytes contents of assets/lac-styles.safetensors. @throws `model-invalid` if they are something else. */
export function readStyleTable(bytes: Uint8Array): StyleTable {
  const { tensors, metadata } = readSafetensors(bytes);
  const styles = new Map([...tensors].map(([name, tensor]) => [name, toFloat32(tensor)]));
  const model = metadata['model'];
  if (model !== undefined && [...styles.values()].every((values) => values.length === MESH_LAC.width)) {
    return { model, styles };
  }
  throw new PcTalkError(
    'model-invalid',
    `styles: expected the name of a model and embeddings of ${MESH_LAC.width} numbers, got something else; try the shipped file`,
  );
}

/** Writes a table in the form `readStyleTable` reads. */
export function writeStyleTable({ model, styles }: StyleTable): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>(
    [...styles].map(([name, values]) => [
      name,
      { type: 'float32', dims: [values.length], data: new Uint8Array(values.slice().buffer) },
    ]),
  );
  return writeSafetensors({ tensors, metadata: { model } });
}
