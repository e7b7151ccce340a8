/** F: the appearance of the source as a feature volume. */
import { add, averagePool, conv, input, relu, reshape, type Value } from '@pctalk/graph';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { batchNormAffine, convBatchNorm } from '../released/folded-layers.ts';
import { ReleasedScope } from '../released/released-scope.ts';

/** Widths of F; the defaults are the released ones. */
export interface AppearanceExtractorSizes {
  /** Side of the source picture, pixels. */
  readonly side: number;
  /** Channels after the first convolution; each of the two halvings doubles them. */
  readonly width: number;
  /** Channels and depth of the volume. */
  readonly channels: number;
  readonly depth: number;
  readonly residualBlocks: number;
}

/** The released sizes of F. */
export const APPEARANCE_EXTRACTOR_SIZES: AppearanceExtractorSizes = Object.freeze({
  side: 256,
  width: 64,
  channels: 32,
  depth: 16,
  residualBlocks: 6,
});

/**
 * `image` [1, 3, 256, 256], RGB in 0..1, to `feature_3d` [1, 32, 16, 64, 64].
 *
 * @source KwaiVGI/LivePortrait src/modules/appearance_feature_extractor.py
 */
export function appearanceExtractor(sizes = APPEARANCE_EXTRACTOR_SIZES): ReleasedNetwork {
  const { side, width, channels, depth } = sizes;
  const scope = new ReleasedScope();
  let x = input('image', [1, 3, side, side]);
  x = relu(convBatchNorm(x, width, [3, 3], scope.scope('first'), { padding: 1 }));
  for (const block of [0, 1]) {
    const out = width * 2 ** (block + 1);
    x = averagePool(relu(convBatchNorm(x, out, [3, 3], scope.scope(`down_blocks.${block}`), { padding: 1 })), 2);
  }
  const second = scope.scope('second');
  const flat = channels * depth;
  x = conv(x, second.entry('weight', [flat, width * 4, 1, 1]), second.entry('bias', [flat]));
  x = reshape(x, [1, channels, depth, side / 4, side / 4]);
  for (let block = 0; block < sizes.residualBlocks; block++) {
    x = residualBlock(x, scope.scope(`resblocks_3d.3dr${block}`));
  }
  return { name: 'appearance_feature_extractor', outputs: { feature_3d: x }, scope };
}

/** x + conv2(relu(norm2(conv1(relu(norm1(x)))))); norm2 is folded into conv1. */
function residualBlock(x: Value, scope: ReleasedScope): Value {
  const channels = x.shape[1]!;
  const cube = [3, 3, 3];
  const inner = relu(batchNormAffine(x, scope.scope('norm1')));
  const middle = relu(convBatchNorm(inner, channels, cube, scope, { padding: 1 }, { conv: 'conv1', norm: 'norm2' }));
  const last = scope.scope('conv2');
  const weight = last.entry('weight', [channels, channels, ...cube]);
  return add(x, conv(middle, weight, last.entry('bias', [channels]), { padding: 1 }));
}
