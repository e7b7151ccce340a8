import type { EyeRows } from '../face/canonical-mesh.ts';
import { clampUnit } from '../math/smoothstep.ts';
import { APERTURE_COLUMNS, type Aperture } from './aperture.ts';
import type { Coverage } from './coverage.ts';
import { TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';
import { luma, type Rgb } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Room around the eye's opening in the completed patch, U. */
const PATCH_ROOM = 0.09;

/** Width of the lids' rim that is not replaced, pixels. */
const RIM = 2;

/** Beyond this many iris radii the white of the eye begins. */
const LIMBUS = 1.06;

/**
 * One eyeball of the source without its lids: two samples a pixel, in the photo's own coordinates; what the lids cover is
 * continued (the iris by its mirror image, the white by its own colour).
 */
export interface Eyeball {
  /** First sample of the patch in the photo's texture, and its size. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Packed RGBA `[height × width]`. */
  readonly samples: Uint32Array;
  /** Iris in the photo, pixels. */
  readonly irisX: number;
  readonly irisY: number;
  readonly irisRadius: number;
  /** Where the gaze's motion of the iris has died out, pixels from its centre. */
  readonly reach: number;
}

/**
 * Cuts an eyeball out of the photo.
 * @param texture the photo at two samples a pixel, see interpolatePhoto.
 * @param aperture the eye's opening in the source.
 * @param keypoints `[478 × 3]`, pixels.
 * @param scale pixels per U.
 */
export function cutEyeball(
  texture: Int32Array,
  rows: EyeRows,
  aperture: Aperture,
  keypoints: Float32Array,
  scale: number,
): Eyeball {
  const { outline, pointCount } = aperture;
  let [minX, minY, maxX, maxY] = [FRAME_SIZE, FRAME_SIZE, 0, 0];
  for (let i = 0; i < pointCount; i++) {
    minX = Math.min(minX, outline[i * 2]!);
    maxX = Math.max(maxX, outline[i * 2]!);
    minY = Math.min(minY, outline[i * 2 + 1]!);
    maxY = Math.max(maxY, outline[i * 2 + 1]!);
  }
  const room = PATCH_ROOM * scale;
  const sampleAt = (pixel: number): number =>
    Math.min(TEXTURE_SIZE - 2, Math.max(0, Math.floor(2 * (pixel - 0.5 + TEXTURE_MARGIN))));
  const left = sampleAt(minX - room);
  const top = sampleAt(minY - room);
  const width = sampleAt(maxX + room) + 2 - left;
  const height = sampleAt(maxY + room) + 2 - top;
  const centre = rows.iris[0] * 3;
  const irisX = keypoints[centre]!;
  const irisY = keypoints[centre + 1]!;
  const rim = rows.iris.slice(1).map((v) => Math.hypot(keypoints[v * 3]! - irisX, keypoints[v * 3 + 1]! - irisY));
  const irisRadius = Math.max(1.5, rim.reduce((sum, r) => sum + r, 0) / 4);
  const patch = { left, top, width, height, irisX, irisY, irisRadius };
  const samples = completePatch(texture, patch, aperture);
  const reach = Math.max(irisRadius * 1.9, 0.62 * aperture.length);
  return { ...patch, samples, reach };
}

type Patch = Omit<Eyeball, 'samples' | 'reach'>;

/** Replaces what the lids cover. */
function completePatch(texture: Int32Array, patch: Patch, aperture: Aperture): Uint32Array {
  const { left, top, width, height, irisX, irisY, irisRadius } = patch;
  const depth = new Float32Array(width * height);
  const colours: Rgb[] = new Array(width * height);
  for (let k = 0; k < depth.length; k++) {
    const [x, y] = [pixelOf(left + (k % width)), pixelOf(top + Math.floor(k / width))];
    depth[k] = insideDepth(aperture, x, y);
    colours[k] = unpack(texture[(top + Math.floor(k / width)) * TEXTURE_SIZE + left + (k % width)]!);
  }
  const radial = radialMeans(patch, depth, colours);
  const whites = sideWhites(patch, depth, colours);
  const out = new Uint32Array(width * height);
  for (let k = 0; k < depth.length; k++) {
    const [x, y] = [pixelOf(left + (k % width)), pixelOf(top + Math.floor(k / width))];
    const keep = clampUnit(depth[k]! / 1.5);
    if (keep === 1) {
      out[k] = pack(colours[k]!);
      continue;
    }
    const along = (x - irisX) * aperture.axisX + (y - irisY) * aperture.axisY;
    const across = (y - irisY) * aperture.axisX - (x - irisX) * aperture.axisY;
    const radius = Math.sqrt(along * along + across * across) / irisRadius;
    const mirrored = indexAt(patch, x + 2 * across * aperture.axisY, y - 2 * across * aperture.axisX);
    const iris =
      mirrored >= 0 && depth[mirrored]! > 1 && across < 0
        ? colours[mirrored]!
        : radial[Math.min(radial.length - 1, Math.floor(radius * 8))]!;
    const white = mix(
      nearestInside(patch, k, depth, colours, across < 0 ? 1 : -1),
      whites[along < 0 ? 0 : 1]!,
      clampUnit((-depth[k]! - 1) / 4),
    );
    const shade = 1 - 0.2 * clampUnit(-depth[k]! / irisRadius);
    const t = clampUnit((radius - LIMBUS + 0.1) / 0.2);
    out[k] = pack(mix(mix(iris, scaleColour(white, shade), t), colours[k]!, keep));
  }
  return out;
}

/** The first colour well inside the opening on the way up or down from a hidden sample. */
function nearestInside(patch: Patch, from: number, depth: Float32Array, colours: readonly Rgb[], step: number): Rgb {
  for (let k = from; k >= 0 && k < depth.length; k += step * patch.width) if (depth[k]! >= 1.5) return colours[k]!;
  return colours[from]!;
}

/** Mean colour of the visible iris by distance from its centre, eighths of the radius; the nearest known where hidden. */
function radialMeans(patch: Patch, depth: Float32Array, colours: readonly Rgb[]): Rgb[] {
  const sums = Array.from({ length: 10 }, () => [0, 0, 0, 0]);
  for (let k = 0; k < depth.length; k++) {
    if (depth[k]! < 1) continue;
    const x = pixelOf(patch.left + (k % patch.width)) - patch.irisX;
    const y = pixelOf(patch.top + Math.floor(k / patch.width)) - patch.irisY;
    const bin = Math.floor((Math.sqrt(x * x + y * y) / patch.irisRadius) * 8);
    if (bin >= sums.length) continue;
    for (let c = 0; c < 3; c++) sums[bin]![c]! += colours[k]![c]!;
    sums[bin]![3]!++;
  }
  const known = sums.map(([r, g, b, n]) => (n! > 0 ? ([r! / n!, g! / n!, b! / n!] as Rgb) : undefined));
  return known.map(
    (colour, i) => colour ?? known.slice(i).find(Boolean) ?? known.slice(0, i).reverse().find(Boolean) ?? [60, 45, 40],
  );
}

/** Colour of the white on either side of the iris: mean of its brighter half. */
function sideWhites(patch: Patch, depth: Float32Array, colours: readonly Rgb[]): [Rgb, Rgb] {
  const sides: [Rgb[], Rgb[]] = [[], []];
  for (let k = 0; k < depth.length; k++) {
    if (depth[k]! < 1.5) continue;
    const x = pixelOf(patch.left + (k % patch.width)) - patch.irisX;
    const y = pixelOf(patch.top + Math.floor(k / patch.width)) - patch.irisY;
    if (Math.sqrt(x * x + y * y) > 1.15 * patch.irisRadius) sides[x < 0 ? 0 : 1].push(colours[k]!);
  }
  const bright = sides.map((side) => {
    side.sort((p, q) => luma(p) - luma(q));
    const upper = side.slice(side.length >> 1);
    return upper.length === 0
      ? undefined
      : scaleColour(
          upper.reduce((sum, c) => [sum[0] + c[0], sum[1] + c[1], sum[2] + c[2]]),
          1 / upper.length,
        );
  });
  const fallback: Rgb = bright[0] ?? bright[1] ?? [150, 140, 135];
  return [bright[0] ?? fallback, bright[1] ?? fallback];
}

/** How far a place lies inside the opening, pixels; negative outside. The dark lash line of the upper lid counts as outside. */
function insideDepth(aperture: Aperture, x: number, y: number): number {
  const along = (x - aperture.originX) * aperture.axisX + (y - aperture.originY) * aperture.axisY;
  const height = (y - aperture.originY) * aperture.axisX - (x - aperture.originX) * aperture.axisY;
  const column = Math.min(APERTURE_COLUMNS, Math.max(0, Math.round((along / aperture.length) * APERTURE_COLUMNS)));
  return Math.min(
    height - aperture.upper[column]! - 1,
    aperture.lower[column]! - height - 0.5,
    along,
    aperture.length - along,
  );
}

/** How the eyeball stands in one frame. */
export interface EyeballPlace {
  /** Affine map from frame pixels to the photo's: x' = xx x + xy y + x0, y' = yx x + yy y + y0. */
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
  /** Way of the iris by the gaze, pixels of the photo. */
  readonly gazeX: number;
  readonly gazeY: number;
  /** Gap of the lids over the photo's, at most 1. */
  readonly open: number;
  /** How far the upper lid has come down, pixels: it throws its shadow. */
  readonly lidWay: number;
  /** 0–1. */
  readonly fade: number;
}

/**
 * Draws an eyeball through its opening. The iris goes with the gaze as a whole; the white between it and `reach` gives way:
 * q = p − g · w(|p − iris − g|), w = 1 on the iris, 0 beyond reach.
 */
export function drawEyeball(
  frame: Uint8ClampedArray,
  eyeball: Eyeball,
  place: EyeballPlace,
  aperture: Aperture,
  coverage: Coverage,
): void {
  const { gazeX, gazeY } = place;
  const inner = eyeball.irisRadius * 1.12;
  const perSpan = 1 / (eyeball.reach - inner);
  const rim = RIM * Math.max(0.25, place.open);
  const columnsPerPixel = APERTURE_COLUMNS / aperture.length;
  const shadow = 0.3 * Math.min(1, Math.max(0, place.lidWay) / 4);
  for (let j = 0; j < coverage.height; j++) {
    const y = coverage.top + j + 0.5;
    for (let i = 0; i < coverage.width; i++) {
      const cover = coverage.values[j * coverage.width + i]! * place.fade;
      if (cover < 0.004) continue;
      const x = coverage.left + i + 0.5;
      const along = (x - aperture.originX) * aperture.axisX + (y - aperture.originY) * aperture.axisY;
      const height = (y - aperture.originY) * aperture.axisX - (x - aperture.originX) * aperture.axisY;
      const column = Math.min(APERTURE_COLUMNS, Math.max(0, Math.round(along * columnsPerPixel)));
      const depth = Math.min(height - aperture.upper[column]!, aperture.lower[column]! - height);
      // Near the lids the photo's own rim (lashes, wet line) stays: it has moved with them.
      const show = cover * Math.min(1, Math.max(0, depth / rim));
      let px = place.xx * x + place.xy * y + place.x0;
      let py = place.yx * x + place.yy * y + place.y0;
      const fromX = px - eyeball.irisX - gazeX;
      const fromY = py - eyeball.irisY - gazeY;
      const t = (Math.sqrt(fromX * fromX + fromY * fromY) - inner) * perSpan;
      const weight = t <= 0 ? 1 : t >= 1 ? 0 : 1 - t * t * (3 - 2 * t);
      px -= gazeX * weight;
      py -= gazeY * weight;

      const below = Math.max(0, height - aperture.upper[column]!) / 2.5;
      const light = 1 - shadow / (1 + below * below);

      const s = sampleEyeball(eyeball, px, py);
      const p = ((coverage.top + j) * FRAME_SIZE + coverage.left + i) * 4;
      frame[p] = frame[p]! + ((s & 255) * light - frame[p]!) * show;
      frame[p + 1] = frame[p + 1]! + (((s >> 8) & 255) * light - frame[p + 1]!) * show;
      frame[p + 2] = frame[p + 2]! + (((s >> 16) & 255) * light - frame[p + 2]!) * show;
    }
  }
}

/** Bilinear sample at a place in the photo, packed RGBA; the patch's border outside. */
function sampleEyeball(eyeball: Eyeball, x: number, y: number): number {
  const sx = Math.min(eyeball.width - 1.01, Math.max(0, 2 * (x - 0.5 + TEXTURE_MARGIN) - eyeball.left));
  const sy = Math.min(eyeball.height - 1.01, Math.max(0, 2 * (y - 0.5 + TEXTURE_MARGIN) - eyeball.top));
  const ix = sx | 0;
  const iy = sy | 0;
  const fx = ((sx - ix) * 256) | 0;
  const fy = ((sy - iy) * 256) | 0;
  const i = iy * eyeball.width + ix;
  const s00 = eyeball.samples[i]!;
  const s01 = eyeball.samples[i + 1]!;
  const s10 = eyeball.samples[i + eyeball.width]!;
  const s11 = eyeball.samples[i + eyeball.width + 1]!;
  const w11 = (Math.imul(fx, fy) + 128) >> 8;
  const w10 = fy - w11;
  const w01 = fx - w11;
  const w00 = 256 - fx - w10;
  const redBlue =
    Math.imul(s00 & 0xff00ff, w00) +
    Math.imul(s01 & 0xff00ff, w01) +
    Math.imul(s10 & 0xff00ff, w10) +
    Math.imul(s11 & 0xff00ff, w11);
  const green =
    Math.imul(s00 & 0xff00, w00) +
    Math.imul(s01 & 0xff00, w01) +
    Math.imul(s10 & 0xff00, w10) +
    Math.imul(s11 & 0xff00, w11);
  return (((redBlue + 0x800080) >>> 8) & 0xff00ff) | (((green + 0x8000) >>> 8) & 0xff00);
}

function pixelOf(sample: number): number {
  return sample / 2 + 0.5 - TEXTURE_MARGIN;
}

function indexAt(patch: Patch, x: number, y: number): number {
  const i = Math.round(2 * (x - 0.5 + TEXTURE_MARGIN)) - patch.left;
  const j = Math.round(2 * (y - 0.5 + TEXTURE_MARGIN)) - patch.top;
  return i < 0 || j < 0 || i >= patch.width || j >= patch.height ? -1 : j * patch.width + i;
}

function unpack(s: number): Rgb {
  return [s & 255, (s >> 8) & 255, (s >> 16) & 255];
}

function pack(colour: Rgb): number {
  return (Math.round(colour[0]) | (Math.round(colour[1]) << 8) | (Math.round(colour[2]) << 16) | 0xff000000) >>> 0;
}

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

function scaleColour(colour: Rgb, k: number): Rgb {
  return [colour[0] * k, colour[1] * k, colour[2] * k];
}
