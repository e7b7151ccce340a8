/**
 * Two ways to compute with feature volumes. Both keep depth as the batch axis, [D, C, H, W], so that 3-D convolutions are
 * 2-D ones, which runtimes carry out faster; channels are axis 1. `5d` samples with GridSample on [1, C, D, H, W], for
 * CPU, CUDA and wasm. `2d` samples with Gather, for WebGPU, which lacks GridSample at opset 20.
 */
import {
  add,
  averagePool,
  cast,
  clamp,
  conv,
  div,
  equal,
  expand,
  gather,
  gridSample,
  mul,
  pad,
  reshape,
  slice,
  sub,
  transpose,
  unary,
  upsampleNearest,
  type Value,
  where,
} from '@pctalk/graph';

/** Which operations a description of W may use. */
export type WarpingForm = '5d' | '2d';

/** Depth, height and width of a volume. */
export type VolumeSize = readonly [depth: number, height: number, width: number];

/** How one form lays volumes out and computes with them. */
export interface Volumes {
  /** From [1, C, D, H, W] to the layout of this form. */
  pack(x: Value): Value;
  /** From the layout of this form to [C, D, H, W]. */
  unpack(x: Value): Value;
  /** Convolution with weight [O, C, k, k, k] and bias [O], zeros around, same size. */
  conv(x: Value, weight: Value, bias: Value): Value;
  /** Mean over 2 × 2 places of each depth plane. */
  halve(x: Value): Value;
  /** Repeats the places of each depth plane 2 × 2 times. */
  double(x: Value): Value;
  /** One volume [1, C, D, H, W] sampled at K grids [K, D, H, W, 3], zeros outside: [K, C, D, H, W]. */
  sample(volume: Value, grids: Value): Value;
}

const PLANES: Omit<Volumes, 'sample'> = {
  pack: (x) => transpose(reshape(x, x.shape.slice(1)), [1, 0, 2, 3]),
  unpack: (x) => transpose(x, [1, 0, 2, 3]),
  conv: convByPlanes,
  halve: (x) => averagePool(x, 2),
  double: (x) => upsampleNearest(x, [2, 2]),
};

/** Both forms. */
export const VOLUMES: Readonly<Record<WarpingForm, Volumes>> = {
  '5d': {
    ...PLANES,
    sample: (volume, grids) => gridSample(expand(volume, [grids.shape[0]!, ...volume.shape.slice(1)]), grids),
  },
  '2d': { ...PLANES, sample: sampleByGather },
};

/**
 * A 3-D convolution by one 2-D convolution, which gives what each tap of depth makes of each plane, and a sum of those
 * parts, each shifted by its tap.
 */
function convByPlanes(x: Value, weight: Value, bias: Value): Value {
  const depth = x.shape[0]!;
  const [out = 0, channels = 0, taps = 0, ...kernel] = weight.shape;
  const reach = (taps - 1) / 2;
  const ofTaps = reshape(transpose(weight, [2, 0, 1, 3, 4]), [taps * out, channels, ...kernel]);
  const planes = conv(x, ofTaps, undefined, { padding: reach });
  let sum: Value | undefined;
  for (let tap = 0; tap < taps; tap++) {
    const shift = tap - reach;
    if (Math.abs(shift) >= depth) continue;
    const own = taps === 1 ? planes : slice(planes, 1, tap * out, (tap + 1) * out);
    const inside = shift === 0 ? own : slice(own, 0, Math.max(0, shift), depth + Math.min(0, shift));
    const part = shift === 0 ? inside : pad(inside, 0, Math.max(0, -shift), Math.max(0, shift));
    sum = sum === undefined ? part : add(sum, part);
  }
  return add(sum!, reshape(bias, [out, 1, 1]));
}

/** Trilinear sampling by gathering the eight neighbours of each place; coordinates as in `gridSample`. */
function sampleByGather(volume: Value, grids: Value): Value {
  const [, channels = 0, ...size] = volume.shape;
  const [depth, height, width] = size as unknown as VolumeSize;
  const count = grids.shape[0]!;
  const rows = transpose(reshape(volume, [channels, depth * height * width])); // [D·H·W, C]
  const places = reshape(grids, [count * depth * height * width, 3]);
  const x = neighbours(slice(places, 1, 0, 1), width);
  const y = neighbours(slice(places, 1, 1, 2), height);
  const z = neighbours(slice(places, 1, 2, 3), depth);
  let sum: Value | undefined;
  for (const deep of z) {
    for (const low of y) {
      for (const left of x) {
        const index = add(mul(add(mul(deep.index, height), low.index), width), left.index);
        const row = gather(rows, cast(reshape(index, [index.shape[0]!]), 'int32'));
        const part = mul(row, mul(mul(deep.weight, low.weight), left.weight));
        sum = sum === undefined ? part : add(sum, part);
      }
    }
  }
  const sampled = reshape(sum!, [count, depth, height, width, channels]);
  return transpose(sampled, [0, 4, 1, 2, 3]);
}

/** The two neighbours along one axis of coordinates [M, 1] in −1..1, with their linear weights, 0 outside. */
function neighbours(coordinate: Value, size: number): readonly { readonly index: Value; readonly weight: Value }[] {
  const position = div(sub(mul(add(coordinate, 1), size), 1), 2);
  const below = unary('Floor', position, undefined);
  const fraction = sub(position, below);
  return [
    { at: below, share: sub(1, fraction) },
    { at: add(below, 1), share: fraction },
  ].map(({ at, share }) => {
    const index = clamp(at, 0, size - 1);
    return { index, weight: where(equal(index, at), share, 0) };
  });
}
