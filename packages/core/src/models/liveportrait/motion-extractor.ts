/** M: canonical keypoints, pose and expression of a face, by a ConvNeXt-V2. */
import {
  add,
  channelLayerNorm,
  conv,
  div,
  gelu,
  input,
  layerNorm,
  linear,
  mean,
  mul,
  sqrt,
  square,
  sum,
  transpose,
  type Value,
} from '@pctalk/graph';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { ReleasedScope } from '../released/released-scope.ts';

/** Sizes of M; the defaults are ConvNeXt-V2 tiny, as released. */
export interface MotionExtractorSizes {
  readonly side: number;
  readonly widths: readonly number[];
  readonly depths: readonly number[];
}

/** The released sizes of M. */
export const MOTION_EXTRACTOR_SIZES: MotionExtractorSizes = Object.freeze({
  side: 256,
  widths: [96, 192, 384, 768],
  depths: [3, 3, 9, 3],
});

/** Outputs of M and their widths; angles are logits over 66 bins. */
export const MOTION_HEADS = { kp: 63, scale: 1, pitch: 66, yaw: 66, roll: 66, t: 3, exp: 63 } as const;

const EPSILON = 1e-6;

/**
 * `image` [1, 3, 256, 256], RGB in 0..1, to the seven heads [1, width].
 *
 * @source KwaiVGI/LivePortrait src/modules/convnextv2.py; Woo et al., ConvNeXt V2 (2023), section 3 (GRN)
 */
export function motionExtractor(sizes = MOTION_EXTRACTOR_SIZES): ReleasedNetwork {
  const scope = new ReleasedScope();
  const detector = scope.scope('detector');
  let x = input('image', [1, 3, sizes.side, sizes.side]);
  sizes.widths.forEach((width, stage) => {
    x = downsample(x, width, stage, detector.scope(`downsample_layers.${stage}`));
    for (let block = 0; block < sizes.depths[stage]!; block++) {
      x = convNextBlock(x, detector.scope(`stages.${stage}.${block}`));
    }
  });
  const pooled = layerNorm(mean(x, [2, 3]), detector.scope('norm'), EPSILON);
  const heads = Object.entries(MOTION_HEADS).map(([name, width]) => [
    name,
    linear(pooled, width, detector.scope(`fc_${name}`)),
  ]);
  return { name: 'motion_extractor', outputs: Object.fromEntries(heads), scope };
}

/** The stem convolves, then normalises; the later stages normalise, then convolve. */
function downsample(x: Value, width: number, stage: number, scope: ReleasedScope): Value {
  const [convAt, normAt, stride] = stage === 0 ? [0, 1, 4] : [1, 0, 2];
  const reduce = (value: Value) => {
    const own = scope.scope(convAt);
    const weight = own.entry('weight', [width, value.shape[1]!, stride, stride]);
    return conv(value, weight, own.entry('bias', [width]), { stride });
  };
  const normalise = (value: Value) => channelLayerNorm(value, scope.scope(normAt), EPSILON);
  return stage === 0 ? normalise(reduce(x)) : reduce(normalise(x));
}

/** x + linear(GRN(gelu(linear(layerNorm(depthwise 7 × 7 (x)))))). */
function convNextBlock(x: Value, scope: ReleasedScope): Value {
  const width = x.shape[1]!;
  const depthwise = scope.scope('dwconv');
  const weight = depthwise.entry('weight', [width, 1, 7, 7]);
  const spread = conv(x, weight, depthwise.entry('bias', [width]), { padding: 3, groups: width });
  const places = layerNorm(transpose(spread, [0, 2, 3, 1]), scope.scope('norm'), EPSILON); // [1, H, W, C]
  const wide = gelu(linear(places, 4 * width, scope.scope('pwconv1')));
  const narrow = linear(responseNormalise(wide, scope.scope('grn')), width, scope.scope('pwconv2'));
  return add(x, transpose(narrow, [0, 3, 1, 2]));
}

/** Global response normalisation: N = |x|₂ over space / (its mean over channels + ε); γ·(x·N) + β + x. */
function responseNormalise(x: Value, scope: ReleasedScope): Value {
  const shape = [1, 1, 1, x.shape[3]!];
  const strength = sqrt(sum(square(x), [1, 2], { keepAxes: true }));
  const relative = div(strength, add(mean(strength, [3], { keepAxes: true }), EPSILON));
  return add(add(mul(scope.entry('gamma', shape), mul(x, relative)), scope.entry('beta', shape)), x);
}
