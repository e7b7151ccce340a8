import { HALF_BAND, TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';
import { interpolatePatch, type PixelRect } from './texture-patch.ts';
import { compileModule, constant, get, section, set, simd, unsigned } from './wasm-code.ts';

/** Fractional bits of the filter and of the rows between its two passes. */
const FILTER_BITS = 14;
const ROW_BITS = 5;
/** The half-band filter in whole numbers, sum ½. */
const TAPS = HALF_BAND.map((tap) => Math.round(tap * 2 ** FILTER_BITS));
TAPS[0]! += 2 ** (FILTER_BITS - 1) - TAPS.reduce((sum, tap) => sum + tap, 0);
const REACH = TAPS.length;

/** Most pixels of a row with the filter's reach, and a pair more. */
const ROW_PIXELS = FRAME_SIZE + 2 * REACH + 2;
/** Memory: a row of the photo, two rows of the texture, and the widened rows as 16-bit RGBA. */
const OUT_AT = ROW_PIXELS * 4;
const OUT_BYTES = (2 * FRAME_SIZE + 4) * 4;
const WIDE_AT = OUT_AT + 2 * OUT_BYTES;
const WIDE_STRIDE = (2 * FRAME_SIZE + 4) * 8;
const PAGES = Math.ceil((WIDE_AT + WIDE_STRIDE * (FRAME_SIZE + 2 * REACH)) / 65536);

/** `interpolatePatch` within 1 of 255, five times as fast where there is WebAssembly SIMD. */
export type PatchKernel = (photo: Uint8ClampedArray, rect: PixelRect, texture: Int32Array) => void;

/** A kernel with memory of its own. @param simd `false` forces the TypeScript form. */
export function createPatchKernel(simd: boolean = PATCH_MODULE !== undefined): PatchKernel {
  if (!simd || PATCH_MODULE === undefined) return interpolatePatch;
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const { exports } = new WebAssembly.Instance(PATCH_MODULE, { m: { m: memory } });
  const widen = exports['h'] as (from: number, to: number, end: number) => void;
  const between = exports['v'] as (from: number, to: number, end: number) => void;
  const bytes = new Uint8Array(memory.buffer);
  const row = new Int32Array(memory.buffer, 0, ROW_PIXELS);
  return (photo, rect, texture) => {
    const width = rect.right - rect.left;
    const height = rect.bottom - rect.top;
    if (width <= 0 || height <= 0) return;
    const pixels = new Int32Array(photo.buffer, photo.byteOffset, photo.length >> 2);
    for (let k = 0; k < height + 2 * REACH - 1; k++) {
      const y = clamp(rect.top - REACH + 1 + k);
      copyRow(pixels, y * FRAME_SIZE, rect, row);
      widen(0, WIDE_AT + k * WIDE_STRIDE, width * 4);
    }
    const out = new Uint8Array(texture.buffer, texture.byteOffset, texture.byteLength);
    const length = width * 8;
    for (let k = 0; k < height; k++) {
      between(WIDE_AT + k * WIDE_STRIDE, OUT_AT, OUT_AT + length);
      const at = 8 * ((rect.top + k + TEXTURE_MARGIN) * TEXTURE_SIZE + rect.left + TEXTURE_MARGIN);
      out.set(bytes.subarray(OUT_AT, OUT_AT + length), at);
      out.set(bytes.subarray(OUT_AT + OUT_BYTES, OUT_AT + OUT_BYTES + length), at + TEXTURE_SIZE * 4);
    }
  };
}

/** A row of the photo with the filter's reach on both sides, beyond the photo its edge. @param from its first pixel. */
function copyRow(pixels: Int32Array, from: number, { left, right }: PixelRect, row: Int32Array): void {
  const [first, last] = [left - REACH + 1, right + REACH];
  const [a, b] = [Math.max(0, first), Math.min(FRAME_SIZE, last)];
  row.set(pixels.subarray(from + a, from + b), a - first);
  for (let x = first; x < a; x++) row[x - first] = pixels[from]!;
  for (let x = b; x < last; x++) row[x - first] = pixels[from + FRAME_SIZE - 1]!;
}

function clamp(x: number): number {
  return x < 0 ? 0 : x >= FRAME_SIZE ? FRAME_SIZE - 1 : x;
}

/** Compiled once. */
const PATCH_MODULE = compileModule(assembleKernel);

/**
 * Two passes of the filter on eight taps of two RGBA samples each, s = Σ taps[k] (tap[3 − k] + tap[4 + k]):
 * h(from, to, bytes): a row of bytes to 16-bit samples, each pixel followed by what lies between it and the next;
 * v(from, to, end): eight such rows to two rows of bytes, the fourth and what lies between it and the fifth.
 * Locals: 0 from, 1 to, 2 end, 3–10 vectors: sums of taps (3–6), low and high lanes (7, 8), the sample itself (9).
 */
function assembleKernel(): Uint8Array<ArrayBuffer> {
  const sumsOf = (tap: (k: number) => number[]): number[] =>
    [0, 1, 2, 3].flatMap((k) => [...tap(3 - k), ...tap(4 + k), ...simd(142), ...set(3 + k)]); // i16x8.add
  const lanes = (half: number): number[] =>
    [0, 1, 2, 3].flatMap((i) => [0, 1, 16, 17].map((b) => b + half * 8 + i * 2));
  const dot = (pair: number, half: number): number[] => [
    ...get(3 + pair),
    ...get(4 + pair),
    ...simd(13), // i8x16.shuffle: lanes of both sums in turn
    ...lanes(half),
    ...simd(12), // v128.const
    ...[0, 1, 2, 3].flatMap(() => [...word(TAPS[pair]!), ...word(TAPS[pair + 1]!)]),
    ...simd(186), // i32x4.dot_i16x8_s
  ];
  const filtered = (shift: number): number[] => [
    ...[0, 1].flatMap((half) => [
      ...[...dot(0, half), ...dot(2, half), ...simd(174)], // i32x4.add
      ...[...constant(1 << (shift - 1)), ...simd(17), ...simd(174)], // i32x4.splat, add
      ...[...constant(shift), ...simd(172)], // i32x4.shr_s
    ]),
    ...simd(133), // i16x8.narrow_i32x4_s
  ];
  const advance = (local: number, bytes: number): number[] => [...get(local), ...constant(bytes), 0x6a, ...set(local)];
  const store = (half: number): number[] => [
    ...[...get(1), ...get(9), ...get(7), ...simd(13)],
    ...Array.from({ length: 16 }, (_, i) => (i < 8 ? i : i + 8) + half * 8),
    ...[...simd(11), 0, ...unsigned(half * 16)], // v128.store
  ];
  const bytesTap = (k: number): number[] => [...get(0), ...simd(93), 0, ...unsigned(k * 4), ...simd(137)]; // load, extend
  const rowsTap = (k: number): number[] => [...get(0), ...simd(0), 0, ...unsigned(k * WIDE_STRIDE)]; // v128.load
  const narrow = (local: number, offset: number): number[] => [
    ...[...get(1), ...get(local), ...get(local), ...simd(102)], // i8x16.narrow_i16x8_u
    ...[...simd(91), 0, ...unsigned(offset), 0], // v128.store64_lane
  ];
  const horizontal = [
    ...sumsOf(bytesTap),
    ...[...filtered(FILTER_BITS - ROW_BITS), ...set(7)],
    ...[...bytesTap(3), ...constant(ROW_BITS), ...simd(139), ...set(9)], // i16x8.shl
    ...[...store(0), ...store(1)],
    ...[...advance(0, 8), ...advance(1, 32)],
  ];
  const vertical = [
    ...sumsOf(rowsTap),
    ...[...filtered(FILTER_BITS + ROW_BITS), ...set(7)],
    ...[...rowsTap(3), ...constant(1 << (ROW_BITS - 1)), ...simd(16), ...simd(142)],
    ...[...constant(ROW_BITS), ...simd(140), ...set(9)], // i16x8.shr_s
    ...[...narrow(9, 0), ...narrow(7, OUT_BYTES)],
    ...[...advance(0, 16), ...advance(1, 8)],
  ];
  const loop = (step: number[], counted: number): number[] => {
    const code = [...[1, 7, 0x7b], ...[0x03, 0x40], ...step, ...get(counted), ...get(2), 0x49, 0x0d, 0, 0x0b, 0x0b];
    return [...unsigned(code.length), ...code];
  };
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]), // type: (i32, i32, i32) → ()
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 1, ...unsigned(PAGES), ...unsigned(PAGES)]), // import memory m.m
    ...section(3, [2, 0, 0]),
    ...section(7, [2, 1, 0x68, 0, 0, 1, 0x76, 0, 1]), // export functions h, v
    ...section(10, [2, ...loop(horizontal, 0), ...loop(vertical, 1)]),
  ]);
}

/** A 16-bit lane, little-endian. */
function word(value: number): [number, number] {
  return [value & 255, (value >> 8) & 255];
}
