import { smoothstep } from '../math/smoothstep.ts';
import { APERTURE_COLUMNS, type Aperture } from './aperture.ts';
import type { Coverage } from './coverage.ts';
import type { Layer } from './mouth-layers.ts';
import type { MouthPlane } from './mouth-plane.ts';
import type { Rgb } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** What lies behind the lips of one source, painted once. */
export interface MouthInterior {
  /** The dark of the throat and the wet inner side of the lips, 0–255. */
  readonly cavity: Rgb;
  readonly innerLip: Rgb;
  /** On the skull. */
  readonly upperTeeth: Layer;
  /** On the jaw. */
  readonly lowerTeeth: Layer;
  readonly tongue: Layer;
}

/** How the mouth stands in one frame. */
export interface MouthLight {
  /** Pixels per U. */
  readonly scale: number;
  /** Width of the opening over its width at rest. */
  readonly width: number;
  /** How much of the inside shows over what is drawn already, 0–1. */
  readonly fade: number;
  /** Light of the frame over that of the photo the mouth was read from. @default 1 of each */
  readonly gain?: Rgb | undefined;
}

const SAME_LIGHT: Rgb = [1, 1, 1];

/** Light on teeth behind lips that part by less than SLIT, U: little falls in. */
const SLIT_LIGHT = 0.6;
const SLIT = 0.012;
const SLIT_REACH = 0.03;
/** Shade at the lips reaches this far even where they touch, U. */
const LEAST_SHADE = 1e-4;

/**
 * Draws the mouth through its opening: cavity, tongue, lower teeth (both on the jaw), upper teeth (on the skull), each
 * over the last, in the shadow of the lips and darker toward the corners; then the lips' wet inner rims.
 */
export function drawMouth(
  frame: Uint8ClampedArray,
  mouth: MouthInterior,
  plane: MouthPlane,
  aperture: Aperture,
  coverage: Coverage,
  { scale, width, fade, gain = SAME_LIGHT }: MouthLight,
): void {
  const { cavity, innerLip } = mouth;
  const columnsPerPixel = APERTURE_COLUMNS / aperture.length;
  const perU = 1 / scale;
  const openness = Math.min(1, aperture.gap / (0.17 * scale));
  const narrow = smoothstep((width - 0.55) / 0.4);
  const gap = aperture.gap * perU;
  const slit = SLIT_LIGHT + (1 - SLIT_LIGHT) * smoothstep((gap - SLIT) / SLIT_REACH);
  const teethLight = slit * (0.13 + 0.87 * narrow) * (0.96 + 0.06 * openness);
  // In a narrow opening lips hide and shade as small a part of the teeth as in a wide one.
  const shadow = Math.max(LEAST_SHADE, Math.min(0.015, 0.16 * gap));
  const lowerRimWidth = Math.max(LEAST_SHADE, Math.min(0.016, 0.2 * gap));
  const tongueLight = (0.55 + 0.45 * openness) * (0.75 + 0.25 * narrow);
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
      const side = (2 * column) / APERTURE_COLUMNS - 1;
      const corner = 1 - 0.55 * side * side * side * side;

      const u = plane.xx * x + plane.xy * y + plane.x0;
      const v = plane.yx * x + plane.yy * y + plane.y0;
      const arch = teethLight * (1 - 0.48 * smoothstep((Math.abs(u) - 0.08) / 0.25));
      // Teeth toward the cheeks sink into the dark red of the mouth, not into grey.
      const sunk = 0.75 * (1 - arch);
      const depth = 0.5 + 0.5 * smoothstep(1 - aboveLower / 0.16);
      let r = cavity[0] * depth;
      let g = cavity[1] * depth;
      let b = cavity[2] * depth;

      let s = sampleLayer(mouth.tongue, u - plane.jawX, v - plane.jawY);
      let keep = 1 - (s >>> 24) / 255;
      r = r * keep + (s & 255) * tongueLight;
      g = g * keep + ((s >> 8) & 255) * tongueLight;
      b = b * keep + ((s >> 16) & 255) * tongueLight;

      s = sampleLayer(mouth.lowerTeeth, u - plane.jawX, v - plane.jawY);
      keep = 1 - (s >>> 24) / 255;
      r = r * keep + (s & 255) * arch + cavity[0] * sunk * (1 - keep);
      g = g * keep + ((s >> 8) & 255) * arch + cavity[1] * sunk * (1 - keep);
      b = b * keep + ((s >> 16) & 255) * arch + cavity[2] * sunk * (1 - keep);

      s = sampleLayer(mouth.upperTeeth, u, v);
      keep = 1 - (s >>> 24) / 255;
      r = r * keep + (s & 255) * arch + cavity[0] * sunk * (1 - keep);
      g = g * keep + ((s >> 8) & 255) * arch + cavity[1] * sunk * (1 - keep);
      b = b * keep + ((s >> 16) & 255) * arch + cavity[2] * sunk * (1 - keep);

      const lipShadow = 1 - 0.33 / (1 + (belowUpper / shadow) * (belowUpper / shadow));
      const rise = 1 - 0.13 / (1 + (aboveLower / 0.02) * (aboveLower / 0.02));
      const light = corner * lipShadow * rise;
      const lowerRim = 0.75 * (1 - smoothstep(aboveLower / lowerRimWidth)) * corner;
      const upperRim = 0.4 * (1 - smoothstep(belowUpper / (lowerRimWidth / 2))) * corner;
      const rim = Math.min(1, (lowerRim + upperRim) * (0.35 + 0.65 * openness) * (1 - side * side));
      const rimLight = belowUpper < aboveLower ? 0.42 : 0.62;
      r = r * light + (innerLip[0] * rimLight - r * light) * rim;
      g = g * light + (innerLip[1] * rimLight - g * light) * rim;
      b = b * light + (innerLip[2] * rimLight - b * light) * rim;
      const p = ((coverage.top + j) * FRAME_SIZE + coverage.left + i) * 4;
      frame[p] = frame[p]! + (gain[0] * r - frame[p]!) * cover;
      frame[p + 1] = frame[p + 1]! + (gain[1] * g - frame[p + 1]!) * cover;
      frame[p + 2] = frame[p + 2]! + (gain[2] * b - frame[p + 2]!) * cover;
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
