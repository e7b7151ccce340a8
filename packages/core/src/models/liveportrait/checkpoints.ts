/** LivePortrait's weight files: .pth as released, or converted to safetensors. */
import { PcTalkError } from '../../errors.ts';
import type { StateDict } from '../released/build-network.ts';
import { stateDict, stripModule } from '../released/state-dict.ts';
import { STITCHING_NETWORKS, type StitchingNetwork } from './stitching.ts';

/** F, M, W or G: a flat dict, in some copies under `model` or `state_dict`. */
export function readPortraitCheckpoint(root: unknown, where: string): StateDict {
  const inner = root instanceof Map ? (root.get('state_dict') ?? root.get('model') ?? root) : root;
  return stripModule(stateDict(inner, where));
}

/**
 * The stitching file: three dicts, or one flat dict whose keys start with the name of the network and `_module`.
 * @throws `model-invalid` if one of the three is missing.
 */
export function readStitchingCheckpoint(root: unknown, where: string): Readonly<Record<StitchingNetwork, StateDict>> {
  const find = (kind: StitchingNetwork): StateDict => {
    const { released } = STITCHING_NETWORKS[kind];
    const own = root instanceof Map ? root.get(released) : undefined;
    if (own !== undefined) return stripModule(stateDict(own, where));
    const prefix = `${released}_module.`;
    const flat = root instanceof Map ? [...root].filter(([key]) => String(key).startsWith(prefix)) : [];
    if (flat.length === 0) {
      throw new PcTalkError('model-invalid', `${where}: expected the weights of ${released}, which the file lacks.`);
    }
    return stripModule(
      stateDict(new Map(flat.map(([key, value]) => [String(key).slice(prefix.length), value])), where),
    );
  };
  return { stitching: find('stitching'), lips: find('lips'), eyes: find('eyes') };
}
