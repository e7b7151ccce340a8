import { TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';
import { compileModule, constant, get, section, set, simd, unsigned } from './wasm-code.ts';

/** 32-bit words of a span: first byte in the frame, byte after its last, u, v, and their steps a pixel, 16.16 samples. */
export const SPAN_WORDS = 6;

/** Spans drawn in one call. */
export const SPAN_CAPACITY = 16384;

const FRAME_BYTES = FRAME_SIZE * FRAME_SIZE * 4;
const TEXTURE_BYTES = TEXTURE_SIZE * TEXTURE_SIZE * 4;
const SPAN_BYTES = SPAN_CAPACITY * SPAN_WORDS * 4;
/** Frame, texture, spans, plate. */
const MEMORY_BYTES = FRAME_BYTES + TEXTURE_BYTES + SPAN_BYTES + FRAME_BYTES;
const PLATE_AT = MEMORY_BYTES - FRAME_BYTES;
const PAGE_BYTES = 65536;

/**
 * Fills horizontal spans of a frame from a texture. Per channel, with fx, fy the fractions of u, v in 15 bits:
 *
 *     lerp(a, b, f) = a + (((b − a) · f + 2¹⁴) >> 15)      on values times 64
 *     sample = (lerp(lerp(s00, s10, fy), lerp(s01, s11, fy), fx) + 32) >> 6
 *     pixel = sample, or over the plate P: min(255, sample + ((256 − A − (A >> 7)) · P >> 8)), A the sample's alpha
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
  /** What lies behind a texture with premultiplied alpha, pixel by pixel of the frame: `[512 × 512]` packed RGBA. */
  readonly plate: Int32Array;
  /** Draws the first `count` spans, as they are or over the plate. */
  draw(count: number, onto?: SpanGround): void;
}

/** What a span is drawn onto: nothing, as it hides all, or the plate. */
export type SpanGround = 'nothing' | 'plate';

/** A kernel with memory of its own. @param simd `false` forces the TypeScript form. */
export function createSpanKernel(simd: boolean = SPAN_MODULE !== undefined): SpanKernel {
  const pages = Math.ceil(MEMORY_BYTES / PAGE_BYTES);
  const memory = simd && SPAN_MODULE ? new WebAssembly.Memory({ initial: pages, maximum: pages }) : undefined;
  const buffer = memory ? memory.buffer : new ArrayBuffer(MEMORY_BYTES);
  const frame = new Int32Array(buffer, 0, FRAME_BYTES / 4);
  const texture = new Int32Array(buffer, FRAME_BYTES, TEXTURE_BYTES / 4);
  const spansAt = FRAME_BYTES + TEXTURE_BYTES;
  const spans = new Int32Array(buffer, spansAt, SPAN_BYTES / 4);
  const plate = new Int32Array(buffer, PLATE_AT, FRAME_BYTES / 4);
  const memories = { frame, texture, spans, plate };
  if (!memory || !SPAN_MODULE) {
    return { ...memories, draw: (count, onto) => drawSpans(memories, count, onto === 'plate') };
  }
  const { d, b } = new WebAssembly.Instance(SPAN_MODULE, { m: { m: memory } }).exports as Record<'d' | 'b', DrawSpans>;
  return {
    ...memories,
    draw: (count, onto) => (onto === 'plate' ? b : d)(spansAt, spansAt + count * SPAN_WORDS * 4, FRAME_BYTES),
  };
}

type DrawSpans = (from: number, to: number, texture: number) => void;

function drawSpans(
  { frame, texture, spans, plate }: Omit<SpanKernel, 'draw'>,
  count: number,
  overPlate: boolean,
): void {
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
      let pixel = 0;
      for (let shift = 0; shift < 32; shift += 8) {
        const left = lerp(((s00 >> shift) & 255) << 6, ((s10 >> shift) & 255) << 6, fy);
        const right = lerp(((s01 >> shift) & 255) << 6, ((s11 >> shift) & 255) << 6, fy);
        pixel |= ((lerp(left, right, fx) + 32) >> 6) << shift;
      }
      frame[p] = overPlate ? over(pixel, plate[p]!) : pixel;
      u = (u + spans[s + 4]!) | 0;
      v = (v + spans[s + 5]!) | 0;
    }
  }
}

/** A premultiplied pixel over another. */
function over(pixel: number, behind: number): number {
  const alpha = pixel >>> 24;
  const share = 256 - alpha - (alpha >> 7);
  let out = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const value = ((pixel >>> shift) & 255) + ((((behind >>> shift) & 255) * share) >> 8);
    out |= Math.min(255, value) << shift;
  }
  return out;
}

function lerp(a: number, b: number, f: number): number {
  return a + ((Math.imul(b - a, f) + 0x4000) >> 15);
}

/** Compiled once. */
const SPAN_MODULE = compileModule(assembleKernel);

/**
 * The kernel as a WebAssembly module, d(from, to, texture), and b alike over the plate:
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
  // y = plate(p) · (256 − a − (a >> 7)) >> 8, x = x + y; the address's local holds a.
  const overPlate = [
    ...get(10),
    ...simd(25), // i16x8.extract_lane_u
    3,
    ...set(9),
    ...get(3),
    ...simd(92), // v128.load32_zero
    0,
    ...unsigned(PLATE_AT),
    ...simd(137),
    ...constant(256),
    ...get(9),
    0x6b, // i32.sub
    ...get(9),
    ...constant(7),
    0x76,
    0x6b,
    ...simd(16),
    ...simd(149), // i16x8.mul
    ...constant(8),
    ...simd(141),
    ...get(10),
    ...simd(142),
    ...set(10),
  ];
  const pixel = (onto: readonly number[]): number[] => [
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
    ...onto,
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
  const body = (onto: readonly number[]): number[] => [
    ...[2, 7, 0x7f, 2, 0x7b], // locals: 7 × i32, 2 × v128
    ...[0x03, 0x40], // loop over spans
    ...[...get(0), ...get(1), 0x4f, 0x04, 0x40, 0x0f, 0x0b], // from ≥ to: return
    ...[3, 4, 5, 6, 7, 8].flatMap((local, i) => [...load(i * 4), ...set(local)]),
    ...[0x03, 0x40, ...pixel(onto), 0x0b],
    ...[...get(0), ...constant(SPAN_WORDS * 4), 0x6a, ...set(0)],
    ...[0x0c, 0], // br: next span
    0x0b,
    0x0b,
  ];
  const pages = Math.ceil(MEMORY_BYTES / PAGE_BYTES);
  const [alone, blended] = [body([]), body(overPlate)];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]), // type: (i32, i32, i32) → ()
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 1, ...unsigned(pages), ...unsigned(pages)]), // import memory m.m
    ...section(3, [2, 0, 0]),
    ...section(7, [2, 1, 0x64, 0, 0, 1, 0x62, 0, 1]), // export functions d and b
    ...section(10, [2, ...unsigned(alone.length), ...alone, ...unsigned(blended.length), ...blended]),
  ]);
}
