import { TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';
import { compileModule, constant, get, section, set, simd, unsigned } from './wasm-code.ts';

/** 32-bit words of a span: first byte in the frame, byte after its last, u, v, and their steps a pixel, 16.16 samples. */
export const SPAN_WORDS = 6;

/** Spans drawn in one call. */
export const SPAN_CAPACITY = 16384;

const FRAME_BYTES = FRAME_SIZE * FRAME_SIZE * 4;
const TEXTURE_BYTES = TEXTURE_SIZE * TEXTURE_SIZE * 4;
const PAGE_BYTES = 65536;

/**
 * Fills horizontal spans of a frame from a texture. Per channel, with fx, fy the fractions of u, v in 15 bits:
 *
 *     lerp(a, b, f) = a + (((b − a) · f + 2¹⁴) >> 15)      on values times 64
 *     pixel = (lerp(lerp(s00, s10, fy), lerp(s01, s11, fy), fx) + 32) >> 6
 *
 * As WebAssembly SIMD where there is such a thing (Node, every current browser), else in TypeScript with the same bytes.
 */
export interface SpanKernel {
  /** `[512 × 512]` packed RGBA. */
  readonly frame: Int32Array;
  /** `[TEXTURE_SIZE²]` packed RGBA. */
  readonly texture: Int32Array;
  /** `[SPAN_CAPACITY × SPAN_WORDS]`. */
  readonly spans: Int32Array;
  /** Draws the first `count` spans. */
  draw(count: number): void;
}

/** A kernel with memory of its own. @param simd `false` forces the TypeScript form. */
export function createSpanKernel(simd: boolean = SPAN_MODULE !== undefined): SpanKernel {
  const size = FRAME_BYTES + TEXTURE_BYTES + SPAN_CAPACITY * SPAN_WORDS * 4;
  const memory =
    simd && SPAN_MODULE
      ? new WebAssembly.Memory({ initial: Math.ceil(size / PAGE_BYTES), maximum: Math.ceil(size / PAGE_BYTES) })
      : undefined;
  const buffer = memory ? memory.buffer : new ArrayBuffer(size);
  const frame = new Int32Array(buffer, 0, FRAME_BYTES / 4);
  const texture = new Int32Array(buffer, FRAME_BYTES, TEXTURE_BYTES / 4);
  const spansAt = FRAME_BYTES + TEXTURE_BYTES;
  const spans = new Int32Array(buffer, spansAt, SPAN_CAPACITY * SPAN_WORDS);
  if (!memory || !SPAN_MODULE)
    return { frame, texture, spans, draw: (count) => drawSpans(frame, texture, spans, count) };
  const instance = new WebAssembly.Instance(SPAN_MODULE, { m: { m: memory } });
  const draw = instance.exports['d'] as (from: number, to: number, texture: number) => void;
  return {
    frame,
    texture,
    spans,
    draw: (count) => draw(spansAt, spansAt + count * SPAN_WORDS * 4, FRAME_BYTES),
  };
}

function drawSpans(frame: Int32Array, texture: Int32Array, spans: Int32Array, count: number): void {
  for (let s = 0; s < count * SPAN_WORDS; s += SPAN_WORDS) {
    const end = spans[s + 1]! >> 2;
    let u = spans[s + 2]!;
    let v = spans[s + 3]!;
    for (let p = spans[s]! >> 2; p < end; p++) {
      const i = Math.imul(v >> 16, TEXTURE_SIZE) + (u >> 16);
      const s00 = texture[i]!;
      const s01 = texture[i + 1]!;
      const s10 = texture[i + TEXTURE_SIZE]!;
      const s11 = texture[i + TEXTURE_SIZE + 1]!;
      const fx = (u & 0xffff) >> 1;
      const fy = (v & 0xffff) >> 1;
      let pixel = -0x1000000;
      for (let shift = 0; shift < 24; shift += 8) {
        const left = lerp(((s00 >> shift) & 255) << 6, ((s10 >> shift) & 255) << 6, fy);
        const right = lerp(((s01 >> shift) & 255) << 6, ((s11 >> shift) & 255) << 6, fy);
        pixel |= ((lerp(left, right, fx) + 32) >> 6) << shift;
      }
      frame[p] = pixel;
      u = (u + spans[s + 4]!) | 0;
      v = (v + spans[s + 5]!) | 0;
    }
  }
}

function lerp(a: number, b: number, f: number): number {
  return a + ((Math.imul(b - a, f) + 0x4000) >> 15);
}

/** Compiled once. */
const SPAN_MODULE = compileModule(assembleKernel);

/**
 * The kernel as a WebAssembly module, d(from, to, texture):
 * for each span: p, stop, u, v, du, dv; for each pixel: lerp two rows of two samples, then the two samples.
 * Locals: 0 from, 1 to, 2 texture, 3 p, 4 stop, 5 u, 6 v, 7 du, 8 dv, 9 address, 10 x, 11 y (vectors).
 */
function assembleKernel(): Uint8Array<ArrayBuffer> {
  const load = (offset: number): number[] => [...get(0), 0x28, 2, offset];
  const SHIFT_LEFT_16 = simd(139);
  const widened = (offset: number): number[] => [
    ...get(9),
    ...simd(93), // v128.load64_zero
    0,
    ...unsigned(offset),
    ...simd(137), // i16x8.extend_low_i8x16_u
    ...constant(6),
    ...SHIFT_LEFT_16,
  ];
  // x + q15(y − x, f): f = fraction of a local, 15 bits.
  const blend = (fraction: number): number[] => [
    ...get(10),
    ...get(11),
    ...get(10),
    ...simd(145), // i16x8.sub
    ...get(fraction),
    ...constant(0xffff),
    0x71, // i32.and
    ...constant(1),
    0x76, // i32.shr_u
    ...simd(16), // i16x8.splat
    ...simd(130), // i16x8.q15mulr_sat_s
    ...simd(142), // i16x8.add
    ...set(10),
  ];
  const pixel = [
    ...get(2),
    ...get(6),
    ...constant(16),
    0x75, // i32.shr_s
    ...constant(TEXTURE_SIZE * 4),
    0x6c, // i32.mul
    0x6a, // i32.add
    ...get(5),
    ...constant(16),
    0x75,
    ...constant(2),
    0x74, // i32.shl
    0x6a,
    ...set(9),
    ...widened(0),
    ...set(10),
    ...widened(TEXTURE_SIZE * 4),
    ...set(11),
    ...blend(6),
    ...get(10),
    ...get(10),
    ...simd(13), // i8x16.shuffle: the right samples to the front
    ...[8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15],
    ...set(11),
    ...blend(5),
    ...get(10),
    ...constant(32),
    ...simd(16),
    ...simd(142),
    ...constant(6),
    ...simd(141), // i16x8.shr_u
    ...set(10),
    ...get(3),
    ...get(10),
    ...get(10),
    ...simd(102), // i8x16.narrow_i16x8_u
    ...simd(27), // i32x4.extract_lane
    0,
    0x36, // i32.store
    2,
    0,
    ...[5, 7, 6, 8].flatMap((local, i, all) =>
      i % 2 === 0 ? [...get(local), ...get(all[i + 1]!), 0x6a, ...set(local)] : [],
    ),
    ...get(3),
    ...constant(4),
    0x6a,
    0x22, // local.tee
    3,
    ...get(4),
    0x47, // i32.ne
    0x0d, // br_if: next pixel
    0,
  ];
  const body = [
    ...[2, 7, 0x7f, 2, 0x7b], // locals: 7 × i32, 2 × v128
    ...[0x03, 0x40], // loop over spans
    ...[...get(0), ...get(1), 0x4f, 0x04, 0x40, 0x0f, 0x0b], // from ≥ to: return
    ...[3, 4, 5, 6, 7, 8].flatMap((local, i) => [...load(i * 4), ...set(local)]),
    ...[0x03, 0x40, ...pixel, 0x0b],
    ...[...get(0), ...constant(SPAN_WORDS * 4), 0x6a, ...set(0)],
    ...[0x0c, 0], // br: next span
    0x0b,
    0x0b,
  ];
  const pages = Math.ceil((FRAME_BYTES + TEXTURE_BYTES + SPAN_CAPACITY * SPAN_WORDS * 4) / PAGE_BYTES);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]), // type: (i32, i32, i32) → ()
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 1, ...unsigned(pages), ...unsigned(pages)]), // import memory m.m
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x64, 0, 0]), // export function d
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}
