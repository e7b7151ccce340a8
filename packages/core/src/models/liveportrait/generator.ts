/** G: the picture from the warped feature, by residual blocks with spatially adaptive normalisation (SPADE). */
import {
  add,
  constant,
  conv,
  input,
  leakyRelu,
  mul,
  node,
  pixelShuffle,
  relu,
  sigmoid,
  upsampleNearest,
  type Value,
} from '@pctalk/graph';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { spectralWeight } from '../released/folded-layers.ts';
import { ReleasedScope } from '../released/released-scope.ts';

/** Widths of G; the defaults are the released ones. */
export interface GeneratorSizes {
  /** Side of the feature map; the picture has eight times as much. */
  readonly side: number;
  /** Channels of the input feature. */
  readonly feature: number;
  /** Channels of the middle blocks and after each of the two upsamplings. */
  readonly widths: readonly [middle: number, first: number, second: number];
  /** Channels inside the modulation networks. */
  readonly hidden: number;
  readonly middleBlocks: number;
}

/** The released sizes of G. */
export const GENERATOR_SIZES: GeneratorSizes = Object.freeze({
  side: 64,
  feature: 256,
  widths: [512, 256, 64] as const,
  hidden: 128,
  middleBlocks: 6,
});

const SLOPE = 0.2;

/**
 * `feature` [1, 256, 64, 64] to `image` [1, 3, 512, 512], RGB in 0..1.
 *
 * @source KwaiVGI/LivePortrait src/modules/spade_generator.py, src/modules/util.py (SPADE, SPADEResnetBlock);
 *   Park et al., Semantic Image Synthesis with Spatially-Adaptive Normalization (2019), equation 1
 */
export function generator(sizes = GENERATOR_SIZES): ReleasedNetwork {
  const scope = new ReleasedScope();
  const [middle, first, second] = sizes.widths;
  let guide = input('feature', [1, sizes.feature, sizes.side, sizes.side]);
  const fc = scope.scope('fc');
  let x = conv(guide, fc.entry('weight', [middle, sizes.feature, 3, 3]), fc.entry('bias', [middle]), { padding: 1 });
  for (let block = 0; block < sizes.middleBlocks; block++) {
    x = residualBlock(x, guide, middle, sizes.hidden, scope.scope(`G_middle_${block}`));
  }
  for (const [block, width] of [first, second].entries()) {
    x = upsampleNearest(x, [2, 2]);
    guide = upsampleNearest(guide, [2, 2]);
    x = residualBlock(x, guide, width, sizes.hidden, scope.scope(`up_${block}`));
  }
  const last = scope.scope('conv_img.0');
  x = conv(leakyRelu(x, SLOPE), last.entry('weight', [12, second, 3, 3]), last.entry('bias', [12]), { padding: 1 });
  return { name: 'spade_generator', outputs: { image: sigmoid(pixelShuffle(x, 2)) }, scope };
}

/** shortcut(x) + conv1(act(spade1(conv0(act(spade0(x)))))); the shortcut is x itself where the width stays. */
function residualBlock(x: Value, guide: Value, width: number, hidden: number, scope: ReleasedScope): Value {
  const from = x.shape[1]!;
  const middle = Math.min(from, width);
  const spade = (value: Value, name: string) => modulate(value, guide, hidden, scope.scope(name));
  const shortcut =
    from === width ? x : conv(spade(x, 'norm_s'), spectralWeight([width, from, 1, 1], scope.scope('conv_s')));
  const inner = spectralConv(leakyRelu(spade(x, 'norm_0'), SLOPE), middle, scope.scope('conv_0'));
  return add(shortcut, spectralConv(leakyRelu(spade(inner, 'norm_1'), SLOPE), width, scope.scope('conv_1')));
}

function spectralConv(x: Value, out: number, scope: ReleasedScope): Value {
  const weight = spectralWeight([out, x.shape[1]!, 3, 3], scope);
  return conv(x, weight, scope.entry('bias', [out]), { padding: 1 });
}

/** instanceNorm(x) · (1 + γ(guide)) + β(guide); the 1 is part of γ's bias. */
function modulate(x: Value, guide: Value, hidden: number, scope: ReleasedScope): Value {
  const width = x.shape[1]!;
  const shared = scope.scope('mlp_shared.0');
  const weight = shared.entry('weight', [hidden, guide.shape[1]!, 3, 3]);
  const response = relu(conv(guide, weight, shared.entry('bias', [hidden]), { padding: 1 }));
  const head = (name: string, bias: Value) =>
    conv(response, scope.scope(name).entry('weight', [width, hidden, 3, 3]), bias, { padding: 1 });
  const onePlusGamma = scope
    .scope('mlp_gamma')
    .fold('bias_plus_one', [width], { bias: [width] }, ({ bias }) => Float32Array.from(bias, (value) => 1 + value));
  const gain = head('mlp_gamma', onePlusGamma);
  const shift = head('mlp_beta', scope.scope('mlp_beta').entry('bias', [width]));
  return add(mul(instanceNorm(x), gain), shift);
}

function instanceNorm(x: Value): Value {
  const width = x.shape[1]!;
  const ones = constant(new Float32Array(width).fill(1));
  const zeros = constant(new Float32Array(width));
  return node('InstanceNormalization', [x, ones, zeros], x.shape, { attributes: { epsilon: { float: 1e-5 } } });
}
