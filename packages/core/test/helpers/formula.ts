/**
 * Weights and inputs by formula, so that reference outputs need no download: value i of an array depends on its name and
 * on i alone. The reference numbers in test/golden and in the shared material were made by PyTorch with the same formula.
 */
import type { Shape } from '@pctalk/graph';
import type { StoredTensor } from '../../src/formats/stored-tensor.ts';
import type { StateDict } from '../../src/models/released/build-network.ts';

/** 32-bit FNV-1a over UTF-8 bytes. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** A number in [0, 1) for element i of the array with this hash. */
export function uniform(hash: number, i: number): number {
  let x = (Math.imul(i, 2654435761) + hash) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 8) * 2 ** -24;
}

/** Values lo..hi of the array `name`, row-major. */
export function fill(name: string, shape: Shape, lo: number, hi: number): Float32Array {
  const hash = fnv1a(name);
  const out = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < out.length; i++) out[i] = lo + (hi - lo) * uniform(hash, i);
  return out;
}

/** Factors on the range of single weights, by `network/key`; 1 unless listed. */
export type Gains = Readonly<Record<string, number>>;

/** A state dict of these shapes with formula weights, as the checkpoints of the reference run held it. */
export function formulaState(network: string, shapes: ReadonlyMap<string, Shape>, gains: Gains = {}): StateDict {
  const state = new Map<string, StoredTensor>();
  for (const [key, dims] of shapes) {
    if (/\.weight_[uv]$/.test(key)) continue;
    state.set(key, float32(dims, formulaWeight(`${network}/${key}`, key, dims, gains)));
  }
  for (const [key, dims] of shapes) {
    if (!key.endsWith('.weight_u')) continue;
    const prefix = key.slice(0, -'.weight_u'.length);
    const weight = floats(state.get(`${prefix}.weight_orig`)!);
    const { u, v } = singularVectors(`${network}/${key}`, weight, dims[0]!);
    state.set(key, float32(dims, u));
    state.set(`${prefix}.weight_v`, float32([v.length], v));
  }
  return state;
}

function formulaWeight(name: string, key: string, dims: Shape, gains: Gains): Float32Array {
  const last = key.split('.').at(-1)!;
  if (last === 'pe') return sinusoidTable(dims);
  if (['running_mean', 'bias', 'beta', 'in_proj_bias'].includes(last)) return fill(name, dims, -0.1, 0.1);
  if (last === 'running_var') return fill(name, dims, 0.5, 1.5);
  if (last === 'gamma') return fill(name, dims, -0.5, 0.5);
  if (last === 'weight' && dims.length === 1) return fill(name, dims, 0.8, 1.2);
  const inputs = dims.slice(1).reduce((product, size) => product * size, 1);
  const gain = (gains[name] ?? 1) * (key.startsWith('conv_img.') ? 0.25 : 1);
  const bound = gain * Math.sqrt(6 / inputs);
  return fill(name, dims, -bound, bound);
}

/** `pe` [1, T·(floor(600 / T) + 1), 512]: row r uses position r mod T. */
export function sinusoidTable(dims: Shape): Float32Array {
  const [, rows = 0, width = 0] = dims;
  const period = [5, 10, 20, 25, 50, 100].find((t) => t * (Math.floor(600 / t) + 1) === rows)!;
  const table = new Float32Array(rows * width);
  for (let k = 0; k < width / 2; k++) {
    const rate = Math.fround(Math.exp(Math.fround(2 * k * Math.fround(-Math.log(10000) / width))));
    for (let row = 0; row < rows; row++) {
      const angle = Math.fround((row % period) * rate);
      table[row * width + 2 * k] = Math.sin(angle);
      table[row * width + 2 * k + 1] = Math.cos(angle);
    }
  }
  return table;
}

/** One power iteration from a formula vector, as spectral normalisation stores it. */
function singularVectors(name: string, weight: Float32Array, rows: number): { u: Float32Array; v: Float32Array } {
  const width = weight.length / rows;
  const hash = fnv1a(name);
  const v = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const start = -1 + 2 * uniform(hash, row);
    for (let i = 0; i < width; i++) v[i]! += start * weight[row * width + i]!;
  }
  normaliseVector(v);
  const u = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) u[row]! += weight[row * width + i]! * v[i]!;
  }
  normaliseVector(u);
  return { u: Float32Array.from(u), v: Float32Array.from(v) };
}

function normaliseVector(vector: Float64Array): void {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
}

function float32(dims: Shape, data: Float32Array): StoredTensor {
  return { type: 'float32', dims, data: new Uint8Array(data.buffer) };
}

function floats(tensor: StoredTensor): Float32Array {
  return new Float32Array(tensor.data.buffer);
}
