import { OUTER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { APERTURE_COLUMNS, type Aperture, createAperture, measureAperture } from './aperture.ts';
import { luma, type Rgb } from './photo-tone.ts';
import { samplePhoto } from './sample-photo.ts';

/** How far from the opening the lips' colour is read, U, but at most this share of their height. */
const READ_FROM = 0.018;
const READ_TO = 0.05;
const HIGHEST = 0.65;
/** How far the rims cover the photo, U, and at most this share of the lips' height. */
const COVERS = { upper: 0.02, lower: 0.03 } as const;
const COVERS_MOST = 0.45;
/** Columns on either side over which colours are averaged. */
const SMOOTH = 4;
const SAMPLES = 5;
/** Deviation of brightness from column to column, over the mean, from which on it is hair that must not be covered. */
const HAIRY_FROM = 0.12;
const HAIRY_TO = 0.3;

/** The lips beside the opening of the photo. */
export interface LipRims {
  /** See `MouthInterior`. */
  readonly rim: Float32Array;
  readonly rimReach: number;
}

/**
 * Reads the lips' colours above and below the opening, column by column.
 * @param places `[N × 2]` vertices of the source, pixels. @param lips the opening. @param scale pixels per U.
 */
export function readRims(photo: RgbaImage, places: Float32Array, lips: Aperture, scale: number): LipRims {
  const outer = createAperture(OUTER_LIPS.upper.length);
  measureAperture(OUTER_LIPS, places, 2, outer);
  const rim = new Float32Array((APERTURE_COLUMNS + 1) * 8);
  readRow(photo, lips, lips.upper, outer, outer.upper, -scale, COVERS.upper, rim, 0);
  readRow(photo, lips, lips.lower, outer, outer.lower, scale, COVERS.lower, rim, 4);
  return { rim, rimReach: COVERS.lower };
}

/** @param outward pixels per U, negative above the opening. */
function readRow(
  photo: RgbaImage,
  lips: Aperture,
  inner: Float32Array,
  outer: Aperture,
  outerRim: Float32Array,
  outward: number,
  covers: number,
  out: Float32Array,
  at: number,
): void {
  const colours: Rgb[] = [];
  const heights: number[] = [];
  for (let c = 0; c <= APERTURE_COLUMNS; c++) {
    const along = (c / APERTURE_COLUMNS) * lips.length;
    const [x, y] = placeOf(lips, along, inner[c]!);
    const acrossOuter = ((x - outer.originX) * outer.axisX + (y - outer.originY) * outer.axisY) / outer.length;
    const o = Math.round(Math.min(1, Math.max(0, acrossOuter)) * APERTURE_COLUMNS);
    const innerInOuter = (y - outer.originY) * outer.axisX - (x - outer.originX) * outer.axisY;
    const height = Math.max(0.004, (outerRim[o]! - innerInOuter) / outward);
    heights.push(height);
    const to = Math.min(READ_TO, HIGHEST * height);
    const from = Math.min(READ_FROM, 0.5 * to);
    const sum = [0, 0, 0];
    for (let k = 0; k < SAMPLES; k++) {
      const out = inner[c]! + outward * (from + ((to - from) * k) / (SAMPLES - 1));
      const colour = samplePhoto(photo, ...placeOf(lips, along, out));
      for (let i = 0; i < 3; i++) sum[i]! += colour[i]! / SAMPLES;
    }
    colours.push([sum[0]!, sum[1]!, sum[2]!]);
  }
  const smoothed = colours.map((_, c) => meanAround(colours, c));
  const rough =
    colours.reduce((sum, colour, c) => sum + Math.abs(luma(colour) - luma(smoothed[c]!)), 0) /
    smoothed.reduce((sum, colour) => sum + luma(colour), 1);
  const bare = 1 - smoothstep((rough - HAIRY_FROM) / (HAIRY_TO - HAIRY_FROM));
  smoothed.forEach((colour, c) => {
    out.set([...colour, bare * Math.min(covers, COVERS_MOST * heights[c]!)], c * 8 + at);
  });
}

function placeOf(
  { originX, originY, axisX, axisY }: Aperture,
  along: number,
  height: number,
): readonly [number, number] {
  return [originX + along * axisX - height * axisY, originY + along * axisY + height * axisX];
}

function meanAround(colours: readonly Rgb[], column: number): Rgb {
  const near = colours.slice(Math.max(0, column - SMOOTH), column + SMOOTH + 1);
  const mean = (i: 0 | 1 | 2) => near.reduce((sum, colour) => sum + colour[i], 0) / near.length;
  return [mean(0), mean(1), mean(2)];
}
