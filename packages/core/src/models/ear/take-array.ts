import { PcTalkError } from '../../errors.ts';
import { ELEMENT_SIZES, elementCount, type StoredTensor, toFloat32 } from '../../formats/stored-tensor.ts';

/** An array of a file of the ear, as float32. @throws `model-invalid` if it is missing or has another count of numbers. */
export function takeArray(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  dims: readonly number[],
): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined || tensor.data.length !== elementCount(dims) * ELEMENT_SIZES[tensor.type]) {
    throw new PcTalkError(
      'model-invalid',
      `ear: expected an array '${name}' [${dims}], got ${tensor ? `[${tensor.dims}]` : 'none'}, try the published file`,
    );
  }
  return toFloat32(tensor);
}
