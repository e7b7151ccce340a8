import type { RgbaImage } from '../image.ts';
import { clampUnit, smoothstep } from '../math/smoothstep.ts';
import { APERTURE_COLUMNS, type Aperture } from './aperture.ts';
import type { Layer } from './mouth-layers.ts';
import type { MouthPlane } from './mouth-plane.ts';
import { luma, medianColour, type PhotoTone, type Rgb } from './photo-tone.ts';
import { samplePhoto } from './sample-photo.ts';

/** A mouth open less than this hides its teeth, U. */
const OPEN = 0.045;
/** Samples down a column lie this far apart, U; a row of teeth may be missing for so many and begins so near to the lip, U. */
const STEP = 0.004;
const MISSES = 3;
const BEGINS = 0.028;
/** Upper teeth are seen this far below the lip at most, U: 11 mm; what follows are the lower ones, over which they close. */
const MOST_CROWN = 0.12;
const LEAST_CROWN = 0.014;
/** Red over brightness of tooth beside that of lips and skin, at most, and its brightness beside the opening's brightest. */
const RED_OF_LIPS = 0.55;
const RED_OF_SKIN = 0.75;
const LIGHT_OF_BRIGHTEST = 0.6;
const LIGHT_OF_SKIN = 0.45;
/** Columns about the middle by which a row is judged, the share of them that must show teeth, and how even its edge is, U. */
const JUDGED = 0.2;
const SHOWN = 0.8;
const EVEN = 0.009;
/** A row that ends this near to the lower lip may go on behind it, U. */
const CLEAR = 0.012;
/** Own teeth go over into painted ones within this, U. */
const BLEND = 0.012;
/** Teeth in an opening that shows nothing bright are no brighter than this beside the brightest of it. */
const UNSEEN = 1.15;

/** What a photo tells of its teeth. */
export interface OwnTeeth {
  /** The colour of its teeth, 0–255. */
  readonly colour?: Rgb | undefined;
  /** Teeth are at most so bright, luma 0–255: an open mouth whose inside is dark has its teeth in the dark. */
  readonly mostLuma: number;
  /** The upper row as the photo shows it whole. */
  readonly row?: OwnRow | undefined;
}

/** An upper row of teeth, in the mouth plane. */
export interface OwnRow {
  /** Where its middle ends below the lip line, U. */
  readonly edge: number;
  /** Puts it in the place of a painted row, whose crowns go on above it and whose teeth beside it, `light` times as bright. */
  readonly lay: (painted: Layer, light: number) => Layer;
}

/**
 * Looks for teeth in the photo's open mouth: what is pale and bright under the upper lip. The row is kept only where it is
 * plainly seen, from the lip to an even edge with something else below; otherwise its colour alone.
 * @param plane the mouth plane in the photo. @param scale pixels per U. @param mostCrown see `UpperTeeth`, U.
 */
export function findTeeth(
  photo: RgbaImage,
  tone: PhotoTone,
  lips: Aperture,
  plane: MouthPlane,
  scale: number,
  mostCrown: number,
): OwnTeeth {
  if (lips.gap < OPEN * scale) return { mostLuma: 255 };
  const step = STEP * scale;
  const columns = Array.from({ length: APERTURE_COLUMNS + 1 }, (_, c) => readColumn(photo, lips, c, step));
  const all = columns.flatMap((column) => column.slice(1, -1)).sort((a, b) => luma(a) - luma(b));
  const brightest = luma(all[Math.floor(0.95 * all.length)] ?? [255, 255, 255]);
  const isTooth = toothTest(tone, brightest);
  const teeth = all.filter(isTooth);
  const mostLuma = Math.min(luma(tone.brightest), Math.max(LIGHT_OF_SKIN * luma(tone.skin), UNSEEN * brightest));
  if (teeth.length < 0.04 * all.length) return { mostLuma };
  const colour = medianColour(teeth.slice(Math.floor(0.6 * teeth.length)));
  const row =
    mostCrown > 0 ? findRow(photo, lips, plane, scale, columns, isTooth, Math.min(mostCrown, MOST_CROWN)) : undefined;
  return { colour, mostLuma, row };
}

/** The photo's colours down one column of the opening, `step` pixels apart. */
function readColumn(photo: RgbaImage, lips: Aperture, column: number, step: number): Rgb[] {
  const height = lips.lower[column]! - lips.upper[column]!;
  return Array.from({ length: Math.max(0, Math.floor(height / step)) }, (_, k) =>
    samplePhoto(photo, ...placeOf(lips, column, lips.upper[column]! + (k + 0.5) * step)),
  );
}

function toothTest(tone: PhotoTone, brightest: number): (colour: Rgb) => boolean {
  const isGrey = rednessOf(tone.lips) < 0.12;
  const mostRed = isGrey
    ? 1
    : Math.min(RED_OF_LIPS * rednessOf(tone.lips), Math.max(0.12, RED_OF_SKIN * rednessOf(tone.skin)));
  const least = Math.max(LIGHT_OF_BRIGHTEST * brightest, LIGHT_OF_SKIN * luma(tone.skin));
  return (colour) => luma(colour) >= least && rednessOf(colour) <= mostRed;
}

function findRow(
  photo: RgbaImage,
  lips: Aperture,
  plane: MouthPlane,
  scale: number,
  columns: readonly Rgb[][],
  isTooth: (colour: Rgb) => boolean,
  mostCrown: number,
): OwnRow | undefined {
  const most = Math.floor(mostCrown / STEP);
  /** Samples from the lip to the row's edge, 0 where there is none. */
  const ends = columns.map((column) => {
    const begin = column.findIndex(isTooth);
    if (begin < 0 || begin * STEP > BEGINS) return 0;
    let end = begin;
    let missed = 0;
    for (let k = begin; k < Math.min(column.length, most) && missed <= MISSES; k++) {
      if (isTooth(column[k]!)) {
        end = k + 1;
        missed = 0;
      } else missed++;
    }
    return end * STEP >= LEAST_CROWN ? end : 0;
  });
  const middle = APERTURE_COLUMNS / 2;
  const half = Math.round(((JUDGED * scale) / lips.length) * APERTURE_COLUMNS);
  const judged = ends.map((_, c) => c).filter((c) => Math.abs(c - middle) <= half);
  const shown = judged.filter((c) => ends[c]! > 0);
  if (shown.length < SHOWN * judged.length) return undefined;
  const free = shown.filter((c) => (columns[c]!.length - ends[c]!) * STEP > CLEAR);
  if (free.length < SHOWN * shown.length) return undefined;
  const heights = ends.map((end, c) => lips.upper[c]! + end * STEP * scale);
  const edge = fitParabola(shown, heights);
  const off = shown.map((c) => Math.abs(heights[c]! - edge(c))).sort((a, b) => a - b);
  if (off[Math.floor(0.8 * off.length)]! > EVEN * scale) return undefined;
  let [first, last] = [Math.ceil(middle), Math.floor(middle)];
  while (first > 2 && ends[first - 1]! > 0) first--;
  while (last < APERTURE_COLUMNS - 2 && ends[last + 1]! > 0) last++;
  const ending = smoothEnds(heights, first, last);
  const [mx, my] = placeOf(lips, middle, edge(middle));
  return {
    edge: plane.yx * mx + plane.yy * my + plane.y0,
    lay: (painted, light) => layRow(painted, light, photo, lips, plane, scale, first, last, ending),
  };
}

/** Least squares over some columns. */
function fitParabola(columns: readonly number[], heights: readonly number[]): (c: number) => number {
  const m = columns.reduce((sum, c) => sum + c, 0) / columns.length;
  const s = [0, 0, 0, 0, 0];
  const t = [0, 0, 0];
  for (const c of columns) {
    const x = (c - m) / 8;
    for (let k = 0; k < 5; k++) s[k]! += x ** k;
    for (let k = 0; k < 3; k++) t[k]! += heights[c]! * x ** k;
  }
  const det = (a: number[][]) =>
    a[0]![0]! * (a[1]![1]! * a[2]![2]! - a[1]![2]! * a[2]![1]!) -
    a[0]![1]! * (a[1]![0]! * a[2]![2]! - a[1]![2]! * a[2]![0]!) +
    a[0]![2]! * (a[1]![0]! * a[2]![1]! - a[1]![1]! * a[2]![0]!);
  const rows = [0, 1, 2].map((i) => [s[i]!, s[i + 1]!, s[i + 2]!]);
  const all = det(rows);
  const [p, q, r] = [0, 1, 2].map((k) => det(rows.map((row, i) => row.map((v, j) => (j === k ? t[i]! : v)))) / all) as [
    number,
    number,
    number,
  ];
  return (c) => p + (q * (c - m)) / 8 + r * ((c - m) / 8) ** 2;
}

/** The edge of each column, the mean of its neighbours' within the row. */
function smoothEnds(heights: readonly number[], first: number, last: number): number[] {
  return heights.map((_, c) => {
    const near = heights.slice(Math.max(first, c - 1), Math.min(last, c + 1) + 1);
    return near.length > 0 ? near.reduce((sum, height) => sum + height, 0) / near.length : 0;
  });
}

function layRow(
  painted: Layer,
  light: number,
  photo: RgbaImage,
  lips: Aperture,
  plane: MouthPlane,
  scale: number,
  first: number,
  last: number,
  ending: readonly number[],
): Layer {
  const samples = painted.samples.slice();
  const bytes = new Uint8ClampedArray(samples.buffer);
  const determinant = plane.xx * plane.yy - plane.xy * plane.yx;
  const blend = BLEND * scale;
  for (let i = 0; i < samples.length; i++) {
    const u = painted.left + (i % painted.width) / painted.density - plane.x0;
    const v = painted.top + Math.floor(i / painted.width) / painted.density - plane.y0;
    const x = (plane.yy * u - plane.xy * v) / determinant;
    const y = (plane.xx * v - plane.yx * u) / determinant;
    const along = (x - lips.originX) * lips.axisX + (y - lips.originY) * lips.axisY;
    const height = (y - lips.originY) * lips.axisX - (x - lips.originX) * lips.axisY;
    const column = (along / lips.length) * APERTURE_COLUMNS;
    const c = Math.round(Math.min(last, Math.max(first, column)));
    const perColumn = lips.length / APERTURE_COLUMNS;
    const beside = clampUnit((Math.min(column - first, last - column) * perColumn) / blend + 0.2);
    const own = beside * smoothstep((height - lips.upper[c]! - 1) / blend);
    const ends = clampUnit((ending[c]! - height) / 1.2 + 0.5);
    const keeps = 1 - smoothstep(clampUnit(beside)) * (1 - ends);
    const colour = samplePhoto(photo, x, y);
    const p = i * 4;
    // The painted row stays above the lip and beside the own one; below the own edge nothing stays of it.
    const stays = (1 - own) * keeps;
    for (let k = 0; k < 3; k++) bytes[p + k] = bytes[p + k]! * stays + light * colour[k]! * own * ends;
    bytes[p + 3] = bytes[p + 3]! * stays + 255 * own * ends;
  }
  return { ...painted, samples };
}

function placeOf({ originX, originY, axisX, axisY, length }: Aperture, column: number, height: number) {
  const along = (column / APERTURE_COLUMNS) * length;
  return [originX + along * axisX - height * axisY, originY + along * axisY + height * axisX] as const;
}

/** (R − (G + B) / 2) over luma. */
function rednessOf([r, g, b]: Rgb): number {
  return (r - (g + b) / 2) / Math.max(8, luma([r, g, b]));
}
