/** Dicts of tensors inside checkpoint files. */
import { PcTalkError } from '../../errors.ts';
import { showValue } from '../../formats/show-value.ts';
import { ELEMENT_SIZES, type StoredTensor } from '../../formats/stored-tensor.ts';
import type { StateDict } from './build-network.ts';

/** A dict of tensors. @throws `model-invalid` if it is something else. */
export function stateDict(value: unknown, where: string): StateDict {
  if (!(value instanceof Map) || value.size === 0) throw notWeights(where, 'no dict of tensors');
  for (const [key, tensor] of value) {
    if (typeof key !== 'string' || !isTensor(tensor)) {
      throw notWeights(where, `${showValue(key)}, which is no tensor`);
    }
  }
  return value as StateDict;
}

/** Without the prefix that training on several devices leaves. */
export function stripModule(state: StateDict): StateDict {
  return renameKeys(state, (key) => key.replace(/^module\./, ''));
}

/** The same tensors under other keys. */
export function renameKeys(state: StateDict, rename: (key: string) => string): StateDict {
  return new Map([...state].map(([key, tensor]) => [rename(key), tensor]));
}

/** The error for a file that holds something else than weights. */
export function notWeights(where: string, what: string): PcTalkError {
  return new PcTalkError('model-invalid', `${where}: expected the weights of a network, got ${what}.`);
}

function isTensor(value: unknown): value is StoredTensor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dims' in value &&
    'type' in value &&
    typeof value.type === 'string' &&
    Object.hasOwn(ELEMENT_SIZES, value.type)
  );
}
