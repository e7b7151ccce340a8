/** W: the appearance volume, warped from the source's keypoints to the driven ones and flattened to a feature map. */
import {
  add,
  concat,
  constant,
  conv,
  exp,
  expand,
  input,
  leakyRelu,
  mul,
  relu,
  reshape,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  transpose,
  type Value,
} from '@pctalk/graph';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { convBatchNorm, foldConvBatchNorm } from '../released/folded-layers.ts';
import { ReleasedScope } from '../released/released-scope.ts';
import { VOLUMES, type VolumeSize, type Volumes, type WarpingForm } from './volumes.ts';

/** Sizes of W; the defaults are the released ones. */
export interface WarpingSizes {
  readonly keypoints: number;
  /** Channels, depth and side of the appearance volume. */
  readonly channels: number;
  readonly depth: number;
  readonly side: number;
  /** Channels the motion estimator looks at. */
  readonly compressed: number;
  /** The hourglass doubles `width` with each level, up to `maxWidth`. */
  readonly width: number;
  readonly maxWidth: number;
  readonly levels: number;
  /** Channels of the output. */
  readonly feature: number;
}

/** The released sizes of W. */
export const WARPING_SIZES: WarpingSizes = Object.freeze({
  keypoints: 21,
  channels: 32,
  depth: 16,
  side: 64,
  compressed: 4,
  width: 32,
  maxWidth: 1024,
  levels: 5,
  feature: 256,
});

/** Variance of the keypoints' Gaussians, in the unit of the grid. */
const KEYPOINT_VARIANCE = 0.01;

/**
 * `feature_3d` [1, 32, 16, 64, 64], `kp_driving` and `kp_source` [1, 21, 3] to `out` [1, 256, 64, 64], `occlusion_map`
 * [1, 1, 64, 64] and `deformation` [1, 16, 64, 64, 3] (where each place is taken from: x, y, z in −1..1).
 *
 * @source KwaiVGI/LivePortrait src/modules/warping_network.py, src/modules/dense_motion.py, src/modules/util.py;
 *   Wang et al., One-Shot Free-View Neural Talking-Head Synthesis (2021), section 3.2
 */
export function warping(form: WarpingForm, sizes = WARPING_SIZES): ReleasedNetwork {
  const { channels, depth, side, keypoints } = sizes;
  const scope = new ReleasedScope();
  const volumes = VOLUMES[form];
  const feature = input('feature_3d', [1, channels, depth, side, side]);
  const driving = input('kp_driving', [1, keypoints, 3]);
  const source = input('kp_source', [1, keypoints, 3]);
  const { deformation, occlusion } = denseMotion(
    feature,
    driving,
    source,
    sizes,
    volumes,
    scope.scope('dense_motion_network'),
  );

  const warped = reshape(volumes.sample(feature, deformation), [1, channels * depth, side, side]);
  const third = leakyRelu(convBatchNorm(warped, sizes.feature, [3, 3], scope.scope('third'), { padding: 1 }), 0.01);
  const fourth = scope.scope('fourth');
  const flat = conv(
    third,
    fourth.entry('weight', [sizes.feature, sizes.feature, 1, 1]),
    fourth.entry('bias', [sizes.feature]),
  );
  const outputs = { out: mul(flat, occlusion), occlusion_map: occlusion, deformation };
  return { name: 'warping_module', outputs, scope };
}

/** Where each place of the driven volume comes from, and what of it is hidden in the source. */
function denseMotion(
  feature: Value,
  driving: Value,
  source: Value,
  sizes: WarpingSizes,
  volumes: Volumes,
  scope: ReleasedScope,
): { readonly deformation: Value; readonly occlusion: Value } {
  const size: VolumeSize = [sizes.depth, sizes.side, sizes.side];
  const count = sizes.keypoints + 1;
  const places = size.reduce((product, length) => product * length, 1);
  const grid = identityGrid(size); // [1, D·H·W, 3]
  const motions = candidateMotions(grid, driving, source); // [K + 1, D·H·W, 3]

  const names = { conv: 'compress', norm: 'norm' };
  const narrow = foldConvBatchNorm(sizes.channels, sizes.compressed, [1, 1, 1], scope, names);
  const packed = relu(volumes.conv(volumes.pack(feature), narrow.weight, narrow.bias));
  const compressed = reshape(volumes.unpack(packed), [1, sizes.compressed, ...size]);
  const warped = volumes.sample(compressed, reshape(motions, [count, ...size, 3])); // [K + 1, 4, D, H, W]
  const heat = reshape(heatmaps(grid, driving, source), [count, 1, ...size]);
  const evidence = reshape(concat([heat, warped], 1), [1, count * (1 + sizes.compressed), ...size]);

  const prediction = hourglass(volumes.pack(evidence), sizes, volumes, scope.scope('hourglass'));
  const width = prediction.shape[1]!;
  const mask = scope.scope('mask');
  const logits = volumes.conv(prediction, mask.entry('weight', [count, width, 7, 7, 7]), mask.entry('bias', [count]));
  const shares = reshape(volumes.unpack(softmax(logits, 1)), [count, places, 1]);
  const deformation = reshape(sum(mul(motions, shares), [0]), [1, ...size, 3]);

  const hidden = scope.scope('occlusion');
  const planes = width * sizes.depth;
  const flat = reshape(volumes.unpack(prediction), [1, planes, sizes.side, sizes.side]);
  const visible = conv(flat, hidden.entry('weight', [1, planes, 7, 7]), hidden.entry('bias', [1]), { padding: 3 });
  return { deformation, occlusion: sigmoid(visible) };
}

/** Coordinates x, y, z of all places, −1 and 1 at the centres of the outer ones: [1, D·H·W, 3]. */
function identityGrid([depth, height, width]: VolumeSize): Value {
  const at = (index: number, size: number) => (2 * index) / (size - 1) - 1;
  const data = new Float32Array(depth * height * width * 3);
  let i = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        data[i++] = at(x, width);
        data[i++] = at(y, height);
        data[i++] = at(z, depth);
      }
    }
  }
  return constant(data, [1, data.length / 3, 3]);
}

/** The background stays; around keypoint k the volume moves by source − driving: [K + 1, D·H·W, 3]. */
function candidateMotions(grid: Value, driving: Value, source: Value): Value {
  const points = (keypoints: Value) => transpose(keypoints, [1, 0, 2]); // [K, 1, 3]
  return concat([grid, add(sub(grid, points(driving)), points(source))], 0);
}

/** Gaussians at the driven keypoints minus those at the source's, 0 for the background: [K + 1, D·H·W]. */
function heatmaps(grid: Value, driving: Value, source: Value): Value {
  const gaussian = (keypoints: Value) => {
    const offset = sub(grid, transpose(keypoints, [1, 0, 2]));
    return exp(mul(sum(square(offset), [2]), -0.5 / KEYPOINT_VARIANCE));
  };
  const background = expand(constant([0], [1, 1]), [1, grid.shape[1]!]);
  return concat([background, sub(gaussian(driving), gaussian(source))], 0);
}

/** Down by levels of conv–pool, up by levels of conv, each joined with its equal on the way down. */
function hourglass(x: Value, sizes: WarpingSizes, volumes: Volumes, scope: ReleasedScope): Value {
  const width = (level: number) => Math.min(sizes.maxWidth, sizes.width * 2 ** level);
  const block = (value: Value, out: number, own: ReleasedScope) => {
    const { weight, bias } = foldConvBatchNorm(value.shape[1]!, out, [3, 3, 3], own);
    return relu(volumes.conv(value, weight, bias));
  };
  const levels = [x];
  for (let level = 0; level < sizes.levels; level++) {
    const down = scope.scope(`encoder.down_blocks.${level}`);
    levels.push(volumes.halve(block(levels[level]!, width(level + 1), down)));
  }
  let up = levels.pop()!;
  for (let step = 0; step < sizes.levels; step++) {
    const level = sizes.levels - 1 - step;
    up = block(volumes.double(up), width(level), scope.scope(`decoder.up_blocks.${step}`));
    up = concat([up, levels.pop()!], 1);
  }
  return block(up, up.shape[1]!, scope.scope('decoder'));
}
