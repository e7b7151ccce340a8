import { clampUnit, smoothstep } from '../math/smoothstep.ts';
import type { MouthInside } from '../motion/motion-space.ts';
import { APERTURE_COLUMNS, type Aperture } from './aperture.ts';
import type { Layer } from './mouth-layers.ts';
import type { MouthPlane } from './mouth-plane.ts';
import type { Rgb } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** What lies behind the lips of one source, painted once. */
export interface MouthInterior {
  /** The dark of the throat, 0–255. */
  readonly cavity: Rgb;
  /** Where the upper teeth end in the middle, below the lip line, U. */
  readonly upperEdge: number;
  /** Where the lower ones begin while the jaw is shut, and the tongue's highest place, U. */
  readonly lowerEdge: number;
  readonly tongueTop: number;
  /**
   * The lips beside the opening at each column, the upper before the lower: colour, 0–255, and how far outwards they cover
   * the photo, U `[(APERTURE_COLUMNS + 1) × 2 × 4]`; and the furthest of those.
   */
  readonly rim: Float32Array;
  readonly rimReach: number;
  /** How much lips and cheeks shade the upper teeth, 0–1. */
  readonly shade: number;
  /** Over how many pixels the photo's edges go. */
  readonly softness: number;
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
  /** How much the lips' rims cover the photo beside the opening, 0–1. */
  readonly rims: number;
  /** How much lips that are nearly closed shade each other where their rims cover the photo, 0–1. @default 0 */
  readonly seam?: number | undefined;
  /** What tongue and teeth do for the sound that is spoken. @default at rest */
  readonly inside?: MouthInside | undefined;
  /** Light of the frame over that of the photo the mouth was read from. @default 1 of each */
  readonly gain?: Rgb | undefined;
}

const SAME_LIGHT: Rgb = [1, 1, 1];
const AT_REST: MouthInside = { tongueTip: 0, teethClosed: 0 };

/** Light behind lips that part by less than SLIT, U: little falls in. */
const SLIT_LIGHT = 0.45;
const SLIT = 0.012;
const SLIT_REACH = 0.045;
/** Between lips that part by less than this the shade is theirs, red, and no black line, U. */
const THIN = 0.05;
const THIN_LIGHT = 0.42;
/** A mouth open by this much lets all light in, U. */
const WIDE_GAP = 0.2;
/** How far the shadow of the upper lip and of the upper teeth reaches, U. */
const LIP_SHADOW = 0.017;
const TEETH_SHADOW = 0.085;
/** The lips turn inwards over this share of the gap, at most so far, U. */
const ROLL_SHARE = 0.13;
const MOST_ROLL = { upper: 0.011, lower: 0.02 } as const;
/** What is finer than this share of a pixel would flicker. */
const FINEST = 0.9;
/** The tongue's tip goes up to this far above the edge of the upper teeth, U; closed teeth leave so much between. */
const TIP_BEHIND = 0.006;
const CLOSED_TEETH = 0.006;
/** How far from the line between them lips that are nearly closed shade each other, U, and their light there. */
const SEAM = 0.02;
const SEAM_LIGHT = 0.58;

/**
 * Draws the mouth through its opening: cavity, tongue, lower teeth (both on the jaw), upper teeth (on the skull), each
 * over the last, in the shadow of the lips and darker toward the corners and inwards. The lips' rims turn in with their own
 * colour, and outside the opening cover what the photo has there: the dark line of closed lips, what is left of its teeth.
 *
 *     inside(x, y) = clamp(h_u / s + ½) − clamp(½ − h_l / s),   h_u below the upper, h_l above the lower rim, s the photo's softness
 */
export function drawMouth(
  frame: Uint8ClampedArray,
  mouth: MouthInterior,
  plane: MouthPlane,
  aperture: Aperture,
  { scale, width, fade, rims, seam = 0, inside = AT_REST, gain = SAME_LIGHT }: MouthLight,
): void {
  const { cavity, rim, upperEdge } = mouth;
  const columnsPerPixel = APERTURE_COLUMNS / aperture.length;
  const perU = 1 / scale;
  const gap = Math.max(0, aperture.gap * perU);
  const openness = Math.min(1, gap / WIDE_GAP);
  const narrow = smoothstep((width - 0.5) / 0.4);
  const slit = SLIT_LIGHT + (1 - SLIT_LIGHT) * smoothstep((gap - SLIT) / SLIT_REACH);
  const teethLight = slit * (0.2 + 0.8 * narrow);
  const thin = 0.9 * (1 - smoothstep(gap / THIN));
  const tongueLight = (0.42 + 0.58 * openness) * (0.55 + 0.45 * narrow);
  const finest = FINEST * perU;
  const shadow = Math.max(finest, Math.min(LIP_SHADOW, 0.2 * gap));
  const upperRoll = Math.max(finest, Math.min(MOST_ROLL.upper, ROLL_SHARE * gap));
  const lowerRoll = Math.max(finest, Math.min(MOST_ROLL.lower, 1.5 * ROLL_SHARE * gap));
  const { lowerY, tongueY } = insideStands(mouth, plane, inside);
  const tipLight = tongueLight + inside.tongueTip * (0.75 - tongueLight) * slit;
  const tipShade = 0.2 + 0.5 * inside.tongueTip;
  const softness = 1 / mouth.softness;
  const box = boxOf(aperture, Math.max(SEAM, mouth.rimReach) * scale + 1);
  for (let row = box.top; row < box.bottom; row++) {
    const y = row + 0.5;
    for (let line = box.left; line < box.right; line++) {
      const x = line + 0.5;
      const along = (x - aperture.originX) * aperture.axisX + (y - aperture.originY) * aperture.axisY;
      const column = along * columnsPerPixel;
      if (column < 0 || column >= APERTURE_COLUMNS) continue;
      const height = (y - aperture.originY) * aperture.axisX - (x - aperture.originX) * aperture.axisY;
      const c = Math.floor(column);
      const upper = aperture.upper[c]! + (aperture.upper[c + 1]! - aperture.upper[c]!) * (column - c);
      const lower = aperture.lower[c]! + (aperture.lower[c + 1]! - aperture.lower[c]!) * (column - c);
      const belowUpper = (height - upper) * perU;
      const aboveLower = (lower - height) * perU;
      const isUpper = belowUpper < aboveLower;
      const k = c * 8 + (isUpper ? 0 : 4);
      const reach = rim[k + 3]!;
      const outside = -(isUpper ? belowUpper : aboveLower);
      if (outside >= reach && outside >= SEAM) continue;
      const side = (2 * column) / APERTURE_COLUMNS - 1;
      const square = side * side * side * side;
      const middle = 1 - square * square * square;
      const p = (row * FRAME_SIZE + line) * 4;
      const covered = rims * middle * smoothstep(1.7 * (1 - outside / (reach + 1e-6)));
      if (covered > 0) {
        frame[p] = frame[p]! + (gain[0] * rim[k]! - frame[p]!) * covered;
        frame[p + 1] = frame[p + 1]! + (gain[1] * rim[k + 1]! - frame[p + 1]!) * covered;
        frame[p + 2] = frame[p + 2]! + (gain[2] * rim[k + 2]! - frame[p + 2]!) * covered;
      }
      const above = clampUnit(belowUpper * scale * softness + 0.5);
      const cover = (above - clampUnit(0.5 - aboveLower * scale * softness)) * fade;
      if (seam > 0) {
        const off = Math.max(0, outside) / SEAM;
        const dark = off < 1 ? 1 - seam * middle * (1 - SEAM_LIGHT) * (1 - off) * (1 - off) : 1;
        frame[p] = frame[p]! * dark;
        frame[p + 1] = frame[p + 1]! * dark;
        frame[p + 2] = frame[p + 2]! * dark;
      }
      if (cover < 0.004) continue;

      const u = plane.xx * x + plane.xy * y + plane.x0;
      const v = plane.yx * x + plane.yy * y + plane.y0;
      const under = Math.max(0, belowUpper) / shadow;
      const lipShadow = 1 - 0.3 / (1 + under * under);
      const arch = teethLight * lipShadow * (1 - 0.55 * smoothstep((Math.abs(u) - 0.08) / 0.26));
      const depth = 0.45 + 0.55 * smoothstep(1 - aboveLower / 0.16);
      let r = cavity[0] * depth;
      let g = cavity[1] * depth;
      let b = cavity[2] * depth;

      let s = sampleLayer(mouth.tongue, u - plane.jawX, v - tongueY);
      if (s !== 0) {
        const back = tipShade + (1 - tipShade) * smoothstep((v - upperEdge) / TEETH_SHADOW);
        const lit = tipLight * back * lipShadow;
        const keep = 1 - (s >>> 24) / 255;
        const sunk = 0.5 * (1 - lit) * (1 - keep);
        r = r * keep + (s & 255) * lit + cavity[0] * sunk;
        g = g * keep + ((s >> 8) & 255) * lit + cavity[1] * sunk;
        b = b * keep + ((s >> 16) & 255) * lit + cavity[2] * sunk;
      }

      // Light within the mouth is red: teeth in shade sink into it, not into grey.
      s = sampleLayer(mouth.lowerTeeth, u - plane.jawX, v - lowerY);
      if (s !== 0) {
        const keep = 1 - (s >>> 24) / 255;
        const lit = arch * (0.72 + 0.28 * smoothstep((v - upperEdge) / 0.05));
        const sunk = 0.75 * (1 - lit) * (1 - keep);
        r = r * keep + (s & 255) * lit + cavity[0] * sunk;
        g = g * keep + ((s >> 8) & 255) * lit * (0.75 + 0.25 * lit) + cavity[1] * sunk;
        b = b * keep + ((s >> 16) & 255) * lit * (0.66 + 0.34 * lit) + cavity[2] * sunk;
      }

      s = sampleLayer(mouth.upperTeeth, u, v);
      if (s !== 0) {
        const keep = 1 - (s >>> 24) / 255;
        const lit = 1 - mouth.shade * (1 - arch);
        const sunk = 0.75 * (1 - lit) * (1 - keep);
        r = r * keep + (s & 255) * lit + cavity[0] * sunk;
        g = g * keep + ((s >> 8) & 255) * lit * (0.75 + 0.25 * lit) + cavity[1] * sunk;
        b = b * keep + ((s >> 16) & 255) * lit * (0.66 + 0.34 * lit) + cavity[2] * sunk;
      }

      const over = Math.max(0, aboveLower) / 0.02;
      const corner = (1 - 0.6 * side * side * side * side) * (1 - 0.25 / (1 + over * over));
      r = r * corner + (rim[k]! * THIN_LIGHT - r * corner) * thin;
      g = g * corner + (rim[k + 1]! * THIN_LIGHT * 0.8 - g * corner) * thin;
      b = b * corner + (rim[k + 2]! * THIN_LIGHT * 0.8 - b * corner) * thin;
      const turned = 1 - (isUpper ? belowUpper / upperRoll : aboveLower / lowerRoll);
      if (turned > 0) {
        const share = isUpper ? 0.85 * smoothstep(turned) : 0.95 * smoothstep(1.5 * turned);
        const lit = (isUpper ? 0.35 + 0.4 * turned : 0.5 + 0.5 * turned) * (0.55 + 0.45 * middle);
        r += (rim[k]! * lit - r) * share;
        g += (rim[k + 1]! * lit - g) * share;
        b += (rim[k + 2]! * lit - b) * share;
      }
      frame[p] = frame[p]! + (gain[0] * r - frame[p]!) * cover;
      frame[p + 1] = frame[p + 1]! + (gain[1] * g - frame[p + 1]!) * cover;
      frame[p + 2] = frame[p + 2]! + (gain[2] * b - frame[p + 2]!) * cover;
    }
  }
}

/** Where teeth and tongue stand in a frame, mouth plane, U. */
interface InsideStand {
  /** Where the upper teeth end and the lower ones begin in the middle. */
  readonly upperEdge: number;
  readonly lowerEdge: number;
  /** How far down the layers of the lower teeth and the tongue have gone. */
  readonly lowerY: number;
  readonly tongueY: number;
}

/** Rows that close leave a slit between them; the tongue's tip rises from where it rests to behind the upper teeth. */
export function insideStands(
  { upperEdge, lowerEdge, tongueTop }: MouthInterior,
  { jawY }: MouthPlane,
  { teethClosed, tongueTip }: MouthInside = AT_REST,
): InsideStand {
  const lift = teethClosed * Math.max(0, lowerEdge + jawY - upperEdge - CLOSED_TEETH);
  const lowerY = jawY - lift;
  const rise = tongueTip * Math.max(0, tongueTop + lowerY - upperEdge + TIP_BEHIND);
  return { upperEdge, lowerEdge: lowerEdge + lowerY, lowerY, tongueY: lowerY - rise };
}

/** The opening's box and `room` pixels around it, within the frame. */
function boxOf({ outline, pointCount }: Aperture, room: number) {
  let [left, top, right, bottom] = [FRAME_SIZE, FRAME_SIZE, 0, 0];
  for (let i = 0; i < pointCount; i++) {
    left = Math.min(left, outline[i * 2]!);
    right = Math.max(right, outline[i * 2]!);
    top = Math.min(top, outline[i * 2 + 1]!);
    bottom = Math.max(bottom, outline[i * 2 + 1]!);
  }
  return {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top - room)),
    right: Math.min(FRAME_SIZE, Math.ceil(right)),
    bottom: Math.min(FRAME_SIZE, Math.ceil(bottom + room)),
  };
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
