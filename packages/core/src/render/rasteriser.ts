import { TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';

/**
 * Draws textured triangles into a packed RGBA frame. A pixel is covered when its centre is inside (left and top edges in,
 * right and bottom out), so that neighbours neither overlap nor leave gaps. Triangles that face away are left out, and
 * those whose corners all carry `still` = 1.
 *
 * Per pixel: weights w₀₀ … w₁₁ of bilinear sampling, 8 bits, summing to 256; red and blue travel in one integer.
 *
 * @param frame `[512 × 512]`.
 * @param texture `[TEXTURE_SIZE²]`, two samples a pixel.
 * @param positions `[N × 2]` pixels.
 * @param texels `[N × 2]` samples of the texture.
 * @param still `[N]`.
 * @param triangles `[count × 3]`, in drawing order.
 */
export function drawTriangles(
  frame: Int32Array,
  texture: Int32Array,
  positions: Float32Array,
  texels: Float32Array,
  still: Uint8Array,
  triangles: Uint16Array,
): void {
  for (let t = 0; t < triangles.length; t += 3) {
    let a = triangles[t]!;
    let b = triangles[t + 1]!;
    let c = triangles[t + 2]!;
    if (still[a]! + still[b]! + still[c]! === 3) continue;
    const abx = positions[b * 2]! - positions[a * 2]!;
    const aby = positions[b * 2 + 1]! - positions[a * 2 + 1]!;
    const acx = positions[c * 2]! - positions[a * 2]!;
    const acy = positions[c * 2 + 1]! - positions[a * 2 + 1]!;
    const area = abx * acy - aby * acx;
    if (!(area < 0)) continue;
    const abu = texels[b * 2]! - texels[a * 2]!;
    const abv = texels[b * 2 + 1]! - texels[a * 2 + 1]!;
    const acu = texels[c * 2]! - texels[a * 2]!;
    const acv = texels[c * 2 + 1]! - texels[a * 2 + 1]!;
    const ux = (abu * acy - acu * aby) / area;
    const uy = (acu * abx - abu * acx) / area;
    const vx = (abv * acy - acv * aby) / area;
    const vy = (acv * abx - abv * acx) / area;
    const u0 = texels[a * 2]! - ux * positions[a * 2]! - uy * positions[a * 2 + 1]!;
    const v0 = texels[a * 2 + 1]! - vx * positions[a * 2]! - vy * positions[a * 2 + 1]!;
    const stepU = Math.round(ux * 65536) | 0;
    const stepV = Math.round(vx * 65536) | 0;

    let swap = 0;
    if (positions[b * 2 + 1]! < positions[a * 2 + 1]!) {
      swap = a;
      a = b;
      b = swap;
    }
    if (positions[c * 2 + 1]! < positions[b * 2 + 1]!) {
      swap = b;
      b = c;
      c = swap;
    }
    if (positions[b * 2 + 1]! < positions[a * 2 + 1]!) {
      swap = a;
      a = b;
      b = swap;
    }
    const ax = positions[a * 2]!;
    const ay = positions[a * 2 + 1]!;
    const bx = positions[b * 2]!;
    const by = positions[b * 2 + 1]!;
    const cx = positions[c * 2]!;
    const cy = positions[c * 2 + 1]!;
    const top = Math.max(0, Math.ceil(ay - 0.5));
    const bottom = Math.min(FRAME_SIZE, Math.ceil(cy - 0.5));
    const slopeLong = (cx - ax) / (cy - ay);
    const slopeTop = (bx - ax) / (by - ay);
    const slopeBottom = (cx - bx) / (cy - by);
    for (let y = top; y < bottom; y++) {
      const yc = y + 0.5;
      const xLong = ax + (yc - ay) * slopeLong;
      const xShort = yc < by ? ax + (yc - ay) * slopeTop : bx + (yc - by) * slopeBottom;
      const x0 = Math.max(0, Math.ceil(Math.min(xLong, xShort) - 0.5));
      const x1 = Math.min(FRAME_SIZE, Math.ceil(Math.max(xLong, xShort) - 0.5));
      if (x1 <= x0) continue;
      let u = Math.round((u0 + ux * (x0 + 0.5) + uy * yc) * 65536) | 0;
      let v = Math.round((v0 + vx * (x0 + 0.5) + vy * yc) * 65536) | 0;
      const end = y * FRAME_SIZE + x1;
      for (let p = y * FRAME_SIZE + x0; p < end; p++) {
        const i = Math.imul(v >> 16, TEXTURE_SIZE) + (u >> 16);
        const fx = (u >> 8) & 255;
        const fy = (v >> 8) & 255;
        u = (u + stepU) | 0;
        v = (v + stepV) | 0;
        const s00 = texture[i]!;
        const s01 = texture[i + 1]!;
        const s10 = texture[i + TEXTURE_SIZE]!;
        const s11 = texture[i + TEXTURE_SIZE + 1]!;
        const w11 = (Math.imul(fx, fy) + 128) >> 8;
        const w10 = fy - w11;
        const w01 = fx - w11;
        const w00 = 256 - fx - w10;
        const redBlue =
          (((Math.imul(s00 & 0xff00ff, w00) + Math.imul(s01 & 0xff00ff, w01)) | 0) +
            ((Math.imul(s10 & 0xff00ff, w10) + Math.imul(s11 & 0xff00ff, w11)) | 0)) |
          0;
        const green =
          (((Math.imul(s00 & 0xff00, w00) + Math.imul(s01 & 0xff00, w01)) | 0) +
            ((Math.imul(s10 & 0xff00, w10) + Math.imul(s11 & 0xff00, w11)) | 0)) |
          0;
        frame[p] = (((redBlue + 0x800080) >>> 8) & 0xff00ff) | (((green + 0x8000) >>> 8) & 0xff00) | -0x1000000;
      }
    }
  }
}
