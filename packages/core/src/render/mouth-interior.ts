import { APERTURE_COLUMNS, type Aperture } from './aperture.ts';
import type { Coverage } from './coverage.ts';
import {
  choosePalette,
  type Layer,
  type MouthPalette,
  paintLowerTeeth,
  paintTongue,
  paintUpperTeeth,
} from './mouth-layers.ts';
import type { PhotoTone } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Upper incisors end this far below the closed lips' line; the lower ones begin above it, behind the upper, U. */
const UPPER_EDGE = 0.03;
const LOWER_EDGE = -0.012;

/** What lies behind the lips of one source, painted once. */
export interface MouthInterior {
  readonly palette: MouthPalette;
  readonly upperTeeth: Layer;
  readonly lowerTeeth: Layer;
  readonly tongue: Layer;
}

/** Places the mouth in one frame: affine map from pixels to the mouth plane (x from the middle, y from the lip line). */
export interface MouthPlane {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
  /** Where the jaw has moved, U. */
  readonly jawX: number;
  readonly jawY: number;
}

/** @param scale pixels per U of the source. */
export function paintMouth(tone: PhotoTone, scale: number): MouthInterior {
  const palette = choosePalette(tone);
  const density = Math.max(60, scale * 1.5);
  return {
    palette,
    upperTeeth: paintUpperTeeth(palette, UPPER_EDGE, density),
    lowerTeeth: paintLowerTeeth(palette, LOWER_EDGE, density),
    tongue: paintTongue(palette, density),
  };
}

/**
 * Draws the mouth through its opening: cavity, tongue, lower teeth (both on the jaw), upper teeth (on the skull), each
 * over the last, then shadow of the lips and toward the corners.
 * @param fade 0–1, how much of it shows over what is drawn already.
 */
export function drawMouth(
  frame: Uint8ClampedArray,
  mouth: MouthInterior,
  plane: MouthPlane,
  aperture: Aperture,
  coverage: Coverage,
  scale: number,
  fade: number,
): void {
  const { cavity } = mouth.palette;
  const columnsPerPixel = APERTURE_COLUMNS / aperture.length;
  const perU = 1 / scale;
  const openness = Math.min(1, aperture.gap / (0.16 * scale));
  for (let j = 0; j < coverage.height; j++) {
    const y = coverage.top + j + 0.5;
    for (let i = 0; i < coverage.width; i++) {
      const cover = coverage.values[j * coverage.width + i]! * fade;
      if (cover < 0.004) continue;
      const x = coverage.left + i + 0.5;
      const along = (x - aperture.originX) * aperture.axisX + (y - aperture.originY) * aperture.axisY;
      const height = (y - aperture.originY) * aperture.axisX - (x - aperture.originX) * aperture.axisY;
      const column = Math.min(APERTURE_COLUMNS - 1e-3, Math.max(0, along * columnsPerPixel));
      const c = Math.floor(column);
      const upper = aperture.upper[c]! + (aperture.upper[c + 1]! - aperture.upper[c]!) * (column - c);
      const lower = aperture.lower[c]! + (aperture.lower[c + 1]! - aperture.lower[c]!) * (column - c);
      const belowUpper = Math.max(0, height - upper) * perU;
      const aboveLower = Math.max(0, lower - height) * perU;

      const u = plane.xx * x + plane.xy * y + plane.x0;
      const v = plane.yx * x + plane.yy * y + plane.y0;
      const depth = 0.55 + 0.45 * smooth(1 - aboveLower / 0.12);
      let r = cavity[0] * depth;
      let g = cavity[1] * depth;
      let b = cavity[2] * depth;

      let s = sampleLayer(mouth.tongue, u - plane.jawX, v - plane.jawY);
      let keep = 1 - (s >>> 24) / 255;
      const tongueLight = 0.55 + 0.45 * openness;
      r = r * keep + (s & 255) * tongueLight;
      g = g * keep + ((s >> 8) & 255) * tongueLight;
      b = b * keep + ((s >> 16) & 255) * tongueLight;

      s = sampleLayer(mouth.lowerTeeth, u - plane.jawX, v - plane.jawY);
      keep = 1 - (s >>> 24) / 255;
      r = r * keep + (s & 255);
      g = g * keep + ((s >> 8) & 255);
      b = b * keep + ((s >> 16) & 255);

      s = sampleLayer(mouth.upperTeeth, u, v);
      keep = 1 - (s >>> 24) / 255;
      r = r * keep + (s & 255);
      g = g * keep + ((s >> 8) & 255);
      b = b * keep + ((s >> 16) & 255);

      const side = (2 * column) / APERTURE_COLUMNS - 1;
      const corner = 1 - 0.6 * side * side * side * side;
      const arch = 1 - 0.6 * smooth((Math.abs(u) - 0.08) / 0.24);
      const lipShadow = 1 - 0.46 / (1 + (belowUpper / 0.022) * (belowUpper / 0.022));
      const rim = 1 - 0.3 / (1 + (aboveLower / 0.014) * (aboveLower / 0.014));
      const light = corner * arch * lipShadow * rim * (0.72 + 0.28 * openness);
      const p = ((coverage.top + j) * FRAME_SIZE + coverage.left + i) * 4;
      frame[p] = frame[p]! + (r * light - frame[p]!) * cover;
      frame[p + 1] = frame[p + 1]! + (g * light - frame[p + 1]!) * cover;
      frame[p + 2] = frame[p + 2]! + (b * light - frame[p + 2]!) * cover;
    }
  }
}

/** Bilinear sample of a layer at a place in U, packed premultiplied RGBA; 0 outside. */
function sampleLayer(layer: Layer, x: number, y: number): number {
  const sx = (x - layer.left) * layer.density;
  const sy = (y - layer.top) * layer.density;
  if (sx < 0 || sy < 0 || sx >= layer.width - 1 || sy >= layer.height - 1) return 0;
  const ix = sx | 0;
  const iy = sy | 0;
  const fx = ((sx - ix) * 256) | 0;
  const fy = ((sy - iy) * 256) | 0;
  const i = iy * layer.width + ix;
  const s00 = layer.samples[i]!;
  const s01 = layer.samples[i + 1]!;
  const s10 = layer.samples[i + layer.width]!;
  const s11 = layer.samples[i + layer.width + 1]!;
  const w11 = (Math.imul(fx, fy) + 128) >> 8;
  const w10 = fy - w11;
  const w01 = fx - w11;
  const w00 = 256 - fx - w10;
  const rb =
    (Math.imul(s00 & 0xff00ff, w00) +
      Math.imul(s01 & 0xff00ff, w01) +
      Math.imul(s10 & 0xff00ff, w10) +
      Math.imul(s11 & 0xff00ff, w11)) >>>
    8;
  const ga =
    Math.imul((s00 >>> 8) & 0xff00ff, w00) +
    Math.imul((s01 >>> 8) & 0xff00ff, w01) +
    Math.imul((s10 >>> 8) & 0xff00ff, w10) +
    Math.imul((s11 >>> 8) & 0xff00ff, w11);
  return (rb & 0xff00ff) | (ga & 0xff00ff00);
}

function smooth(t: number): number {
  const c = t < 0 ? 0 : Math.min(t, 1);
  return c * c * (3 - 2 * c);
}
