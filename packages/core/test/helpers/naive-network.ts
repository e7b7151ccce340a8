/** Network layers in float64 the slow, obvious way, with nothing folded: what the built graphs are checked against. */
import { toFloat32 } from '../../src/formats/stored-tensor.ts';
import type { StateDict } from '../../src/models/released/build-network.ts';

/** A volume [C, D, H, W]; pictures have D = 1. */
export interface Volume {
  readonly dims: readonly [channels: number, depth: number, height: number, width: number];
  readonly data: Float64Array;
}

export function volume(dims: Volume['dims'], values: ArrayLike<number>): Volume {
  return { dims, data: Float64Array.from(values) };
}

export function at({ dims: [, d, h, w], data }: Volume, c: number, z: number, y: number, x: number): number {
  return z < 0 || y < 0 || x < 0 || z >= d || y >= h || x >= w ? 0 : data[((c * d + z) * h + y) * w + x]!;
}

export function build(dims: Volume['dims'], value: (c: number, z: number, y: number, x: number) => number): Volume {
  const data = new Float64Array(dims[0] * dims[1] * dims[2] * dims[3]);
  let i = 0;
  for (let c = 0; c < dims[0]; c++) {
    for (let z = 0; z < dims[1]; z++) {
      for (let y = 0; y < dims[2]; y++) for (let x = 0; x < dims[3]; x++) data[i++] = value(c, z, y, x);
    }
  }
  return { dims, data };
}

export function map(x: Volume, change: (value: number, c: number) => number): Volume {
  const plane = x.data.length / x.dims[0];
  return { dims: x.dims, data: x.data.map((value, i) => change(value, Math.floor(i / plane))) };
}

export function zip(a: Volume, b: Volume, join: (a: number, b: number) => number): Volume {
  return { dims: a.dims, data: a.data.map((value, i) => join(value, b.data[i % b.data.length]!)) };
}

export function concatChannels(...parts: readonly Volume[]): Volume {
  const [, d, h, w] = parts[0]!.dims;
  return volume(
    [parts.reduce((sum, part) => sum + part.dims[0], 0), d, h, w],
    parts.flatMap((part) => [...part.data]),
  );
}

/** Reads layers out of a state dict, each the way PyTorch computes it. */
export class NaiveLayers {
  readonly #state: StateDict;
  constructor(state: StateDict) {
    this.#state = state;
  }

  values(key: string): Float32Array {
    return toFloat32(this.#state.get(key)!);
  }

  /** Same-size convolution with weight [O, C, kd, kh, kw] or [O, C, kh, kw], and bias where there is one. */
  conv(x: Volume, key: string): Volume {
    const spectral = this.#state.has(`${key}.weight_orig`);
    const { dims } = this.#state.get(spectral ? `${key}.weight_orig` : `${key}.weight`)!;
    const weight = spectral ? this.#spectral(key) : this.values(`${key}.weight`);
    const bias = this.#state.has(`${key}.bias`) ? this.values(`${key}.bias`) : undefined;
    const [out = 0, channels = 0] = dims;
    const [kd, kh, kw] = dims.length === 5 ? dims.slice(2) : [1, ...dims.slice(2)];
    return build([out, x.dims[1], x.dims[2], x.dims[3]], (o, z, y, px) => {
      let sum = bias?.[o] ?? 0;
      for (let c = 0; c < channels; c++) {
        for (let a = 0; a < kd!; a++) {
          for (let b = 0; b < kh!; b++) {
            for (let e = 0; e < kw!; e++) {
              const tap = weight[(((o * channels + c) * kd! + a) * kh! + b) * kw! + e]!;
              sum += tap * at(x, c, z + a - (kd! - 1) / 2, y + b - (kh! - 1) / 2, px + e - (kw! - 1) / 2);
            }
          }
        }
      }
      return sum;
    });
  }

  batchNorm(x: Volume, key: string): Volume {
    const [gain, shift, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((name) =>
      this.values(`${key}.${name}`),
    );
    return map(x, (v, c) => ((v - mean![c]!) / Math.sqrt(variance![c]! + 1e-5)) * gain![c]! + shift![c]!);
  }

  #spectral(key: string): Float64Array {
    const weight = this.values(`${key}.weight_orig`);
    const [u, v] = [this.values(`${key}.weight_u`), this.values(`${key}.weight_v`)];
    let sigma = 0;
    for (let i = 0; i < weight.length; i++) sigma += u[Math.floor(i / v.length)]! * weight[i]! * v[i % v.length]!;
    return Float64Array.from(weight, (value) => value / sigma);
  }
}

export const relu = (x: Volume) => map(x, (v) => Math.max(v, 0));
export const leakyRelu = (x: Volume, slope: number) => map(x, (v) => (v >= 0 ? v : slope * v));
export const sigmoid = (x: Volume) => map(x, (v) => 1 / (1 + Math.exp(-v)));

/** Mean over 2 × 2 places of each plane. */
export function halve(x: Volume): Volume {
  const [c, d, h, w] = x.dims;
  return build([c, d, h / 2, w / 2], (k, z, y, px) => {
    const row = (dy: number) => at(x, k, z, 2 * y + dy, 2 * px) + at(x, k, z, 2 * y + dy, 2 * px + 1);
    return (row(0) + row(1)) / 4;
  });
}

/** Nearest-neighbour upsampling of each plane by 2. */
export function double(x: Volume): Volume {
  const [c, d, h, w] = x.dims;
  return build([c, d, 2 * h, 2 * w], (k, z, y, px) => at(x, k, z, y >> 1, px >> 1));
}

/** Each channel brought to mean 0 and variance 1 over its places. */
export function instanceNorm(x: Volume): Volume {
  const plane = x.data.length / x.dims[0];
  const moments = Array.from({ length: x.dims[0] }, (_, c) => {
    const own = x.data.subarray(c * plane, (c + 1) * plane);
    const mean = own.reduce((sum, v) => sum + v, 0) / plane;
    return { mean, deviation: Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / plane + 1e-5) };
  });
  return map(x, (v, c) => (v - moments[c]!.mean) / moments[c]!.deviation);
}

/** Softmax over channels at each place. */
export function softmaxChannels(x: Volume): Volume {
  const [c, d, h, w] = x.dims;
  return build([c, d, h, w], (k, z, y, px) => {
    let sum = 0;
    for (let other = 0; other < c; other++) sum += Math.exp(at(x, other, z, y, px) - at(x, k, z, y, px));
    return 1 / sum;
  });
}

/** Trilinear sample at x, y, z in −1..1 (outer edges), zeros outside. */
export function sample(v: Volume, c: number, x: number, y: number, z: number): number {
  const position = (coordinate: number, size: number) => ((coordinate + 1) * size - 1) / 2;
  const [px, py, pz] = [position(x, v.dims[3]), position(y, v.dims[2]), position(z, v.dims[1])];
  let sum = 0;
  for (let dz = 0; dz < v.dims[1]; dz++) {
    for (let dy = 0; dy < v.dims[2]; dy++) {
      for (let dx = 0; dx < v.dims[3]; dx++) {
        const share = (distance: number) => Math.max(0, 1 - Math.abs(distance));
        sum += share(px - dx) * share(py - dy) * share(pz - dz) * at(v, c, dz, dy, dx);
      }
    }
  }
  return sum;
}
