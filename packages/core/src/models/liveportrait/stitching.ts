/** S and the retargeting networks: small perceptrons on keypoints. */
import { input, linear, relu, type Value } from '@pctalk/graph';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { ReleasedScope } from '../released/released-scope.ts';

/** Input, hidden and output widths, and the name in the released file. */
export const STITCHING_NETWORKS = {
  /** [x_s, x_d] to 63 offsets of x_d and a shift of all points in x and y. */
  stitching: { widths: [126, 128, 128, 64, 65], released: 'retarget_shoulder' },
  /** [x_s, lip ratio of the source, target ratio] to 63 offsets. */
  lips: { widths: [65, 128, 128, 64, 63], released: 'retarget_mouth' },
  /** [x_s, left and right eye ratio of the source, target ratio] to 63 offsets. */
  eyes: { widths: [66, 256, 256, 128, 128, 64, 63], released: 'retarget_eye' },
} as const;
export type StitchingNetwork = keyof typeof STITCHING_NETWORKS;

/**
 * `input` [1, widths[0]] to `output` [1, widths.at(-1)].
 *
 * @source KwaiVGI/LivePortrait src/modules/stitching_retargeting_network.py
 */
export function stitchingNetwork(kind: StitchingNetwork): ReleasedNetwork {
  const { widths, released } = STITCHING_NETWORKS[kind];
  const scope = new ReleasedScope();
  const mlp = scope.scope('mlp');
  let x: Value = input('input', [1, widths[0]]);
  widths.slice(1).forEach((width, layer) => {
    if (layer > 0) x = relu(x);
    x = linear(x, width, mlp.scope(2 * layer));
  });
  return { name: released, outputs: { output: x }, scope };
}
