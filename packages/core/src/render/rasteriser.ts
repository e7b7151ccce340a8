import { TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';
import { SPAN_CAPACITY, SPAN_WORDS, type SpanGround, type SpanKernel } from './span-kernel.ts';

/** A texture coordinate beyond this would be sampled outside the texture, 16.16 samples. */
const LAST = (TEXTURE_SIZE - 2) * 65536;

/**
 * Draws textured triangles into the kernel's frame. A pixel is covered when its centre is inside (left and top edges in,
 * right and bottom out), so that neighbours neither overlap nor leave gaps. Left out: triangles that face away, and those
 * whose corners all carry `still` = 1. Onto the plate, those that face away are drawn as well: where a mesh is folded
 * behind a matte the plate must be drawn.
 * @param positions `[N × 2]` pixels.
 * @param texels `[N × 2]` samples of the texture.
 * @param still `[N]`.
 * @param triangles `[count × 3]`, counter-clockwise to the viewer, in drawing order.
 */
export function drawTriangles(
  kernel: SpanKernel,
  positions: Float32Array,
  texels: Float32Array,
  still: Uint8Array,
  triangles: Uint16Array,
  onto: SpanGround = 'nothing',
): void {
  const { spans } = kernel;
  const folds = onto === 'plate';
  let count = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    if (still[triangles[t]!]! + still[triangles[t + 1]!]! + still[triangles[t + 2]!]! === 3) continue;
    if (count > SPAN_CAPACITY - FRAME_SIZE) {
      kernel.draw(count, onto);
      count = 0;
    }
    count = writeSpans(spans, count, positions, texels, triangles[t]!, triangles[t + 1]!, triangles[t + 2]!, folds);
  }
  kernel.draw(count, onto);
}

/**
 * Appends a triangle's spans. Texture coordinates are affine: u = u0 + ux x + uy y.
 * @returns the number of spans written so far.
 */
function writeSpans(
  spans: Int32Array,
  written: number,
  positions: Float32Array,
  texels: Float32Array,
  p: number,
  q: number,
  r: number,
  folds: boolean,
): number {
  const px = positions[p * 2]!;
  const py = positions[p * 2 + 1]!;
  const pqx = positions[q * 2]! - px;
  const pqy = positions[q * 2 + 1]! - py;
  const prx = positions[r * 2]! - px;
  const pry = positions[r * 2 + 1]! - py;
  const area = pqx * pry - pqy * prx;
  if (!(area < 0) && !(folds && area > 0)) return written;
  const pu = texels[p * 2]!;
  const pv = texels[p * 2 + 1]!;
  const k = 65536 / area;
  const pqu = (texels[q * 2]! - pu) * k;
  const pqv = (texels[q * 2 + 1]! - pv) * k;
  const pru = (texels[r * 2]! - pu) * k;
  const prv = (texels[r * 2 + 1]! - pv) * k;
  const ux = pqu * pry - pru * pqy;
  const uy = pru * pqx - pqu * prx;
  const vx = pqv * pry - prv * pqy;
  const vy = prv * pqx - pqv * prx;
  const u0 = pu * 65536 - ux * px - uy * py;
  const v0 = pv * 65536 - vx * px - vy * py;

  // Corners from top to bottom; both neighbours of an edge walk it from the same end, so that they agree to the bit.
  const pq = positions[q * 2 + 1]! < py;
  const qr = positions[r * 2 + 1]! < positions[q * 2 + 1]!;
  const pr = positions[r * 2 + 1]! < py;
  const a = pr && qr ? r : pq && !qr ? q : p;
  const c = pr || qr ? (pq ? p : q) : r;
  const b = p + q + r - a - c;
  const ax = positions[a * 2]!;
  const ay = positions[a * 2 + 1]!;
  const bx = positions[b * 2]!;
  const by = positions[b * 2 + 1]!;
  const cy = positions[c * 2 + 1]!;
  const slopeLong = (positions[c * 2]! - ax) / (cy - ay);
  const slopeTop = (bx - ax) / (by - ay);
  const slopeBottom = (positions[c * 2]! - bx) / (cy - by);
  const bottom = Math.min(FRAME_SIZE, Math.ceil(cy - 0.5));
  let at = written * SPAN_WORDS;
  for (let y = Math.max(0, Math.ceil(ay - 0.5)); y < bottom; y++) {
    const yc = y + 0.5;
    const xLong = ax + (yc - ay) * slopeLong;
    const xShort = yc < by ? ax + (yc - ay) * slopeTop : bx + (yc - by) * slopeBottom;
    const x0 = Math.max(0, Math.ceil(Math.min(xLong, xShort) - 0.5));
    const x1 = Math.min(FRAME_SIZE, Math.ceil(Math.max(xLong, xShort) - 0.5));
    if (x1 <= x0) continue;
    let u = u0 + ux * (x0 + 0.5) + uy * yc;
    let v = v0 + vx * (x0 + 0.5) + vy * yc;
    let stepU = ux;
    let stepV = vx;
    const more = x1 - x0 - 1;
    // Slivers, and the frame's border, may point outside the texture.
    if (!(Math.min(u, v, u + more * ux, v + more * vx) >= 0 && Math.max(u, v, u + more * ux, v + more * vx) <= LAST)) {
      const lastU = Math.max(0, Math.min(LAST, u + more * ux));
      const lastV = Math.max(0, Math.min(LAST, v + more * vx));
      u = Math.max(0, Math.min(LAST, u));
      v = Math.max(0, Math.min(LAST, v));
      stepU = more > 0 ? (lastU - u) / more : 0;
      stepV = more > 0 ? (lastV - v) / more : 0;
    }
    spans[at] = (y * FRAME_SIZE + x0) * 4;
    spans[at + 1] = (y * FRAME_SIZE + x1) * 4;
    spans[at + 2] = u;
    spans[at + 3] = v;
    // Rounded toward zero: repeated steps never pass the last pixel's place.
    spans[at + 4] = stepU;
    spans[at + 5] = stepV;
    at += SPAN_WORDS;
  }
  return at / SPAN_WORDS;
}
