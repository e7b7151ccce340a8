import type { EyeRows } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { uniformAt } from '../math/random.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { APERTURE_COLUMNS, type Aperture } from './aperture.ts';
import type { Coverage } from './coverage.ts';
import { luma, type Rgb } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** The lid of a closing eye is painted from this closure on, and fully from the second. */
const FADE_FROM = 0.12;
const FADE_TO = 0.5;

/** The lashes hang this far below the margin, U. */
export const LASH_LENGTH = 0.03;

/** Colours of one upper lid over the columns of its margin `[(APERTURE_COLUMNS + 1) × 3]`, 0–255. */
export interface Eyelid {
  readonly crease: Float32Array;
  readonly lid: Float32Array;
  readonly lash: Float32Array;
  readonly grain: number;
}

/**
 * Reads a lid's colours off the photo, past the lashes: below the brow and on the lid the median of the paler pixels, on the
 * margin the darkest.
 */
export function readEyelid(photo: RgbaImage, rows: EyeRows, keypoints: Float32Array, grain: number): Eyelid {
  const crease: Rgb[] = [];
  const lid: Rgb[] = [];
  const lash: Rgb[] = [];
  const columns = rows.margin.upper.length;
  const leftToRight = keypoints[rows.margin.upper[0]! * 3]! <= keypoints[rows.margin.upper[columns - 1]! * 3]!;
  for (let i = 0; i < columns; i++) {
    const k = leftToRight ? i : columns - 1 - i;
    const [brow, fold, margin] = [rows.crease.upper[k]!, rows.lid.upper[k]!, rows.margin.upper[k]!];
    crease.push(quantile(photo, keypoints, brow, fold, 0.7, 1, 0.5));
    lid.push(quantile(photo, keypoints, fold, margin, 0, 0.6, 0.72));
    lash.push(quantile(photo, keypoints, fold, margin, 0.75, 1.15, 0.1));
  }
  return { crease: spread(crease, 2), lid: spread(lid, 3), lash: spread(lash, 2), grain };
}

/** Share of the painted lid in the picture for a closure of 0 (as in the source) to 1 (shut). */
export function lidFade(closure: number): number {
  const t = Math.min(1, Math.max(0, (closure - FADE_FROM) / (FADE_TO - FADE_FROM)));
  return t * t * (3 - 2 * t);
}

/**
 * Paints the upper lid over the stretched photo: skin between the fold and the margin, feathered at the fold and the
 * corners, rounded by light, and the lash line on the margin.
 * @param lidArea opening between the fold and the end of the lashes; its rims are the fold and the end of the lashes.
 * @param margin height of the margin over the same columns, pixels.
 * @param fade see lidFade.
 */
export function drawEyelid(
  frame: Uint8ClampedArray,
  eyelid: Eyelid,
  lidArea: Aperture,
  margin: Float32Array,
  coverage: Coverage,
  scale: number,
  fade: number,
): void {
  const columnsPerPixel = APERTURE_COLUMNS / lidArea.length;
  const lashWidth = 0.012 * scale;
  const lashLength = LASH_LENGTH * scale;
  for (let j = 0; j < coverage.height; j++) {
    const y = coverage.top + j + 0.5;
    for (let i = 0; i < coverage.width; i++) {
      const cover = coverage.values[j * coverage.width + i]! * fade;
      if (cover < 0.004) continue;
      const x = coverage.left + i + 0.5;
      const along = (x - lidArea.originX) * lidArea.axisX + (y - lidArea.originY) * lidArea.axisY;
      const height = (y - lidArea.originY) * lidArea.axisX - (x - lidArea.originX) * lidArea.axisY;
      const column = Math.min(APERTURE_COLUMNS - 1e-3, Math.max(0, along * columnsPerPixel));
      const c = Math.floor(column);
      const f = column - c;
      const fold = lidArea.upper[c]! + (lidArea.upper[c + 1]! - lidArea.upper[c]!) * f;
      const edge = margin[c]! + (margin[c + 1]! - margin[c]!) * f;
      const above = edge - height;
      const t = Math.min(1, Math.max(0, (height - fold) / Math.max(1, edge - fold)));
      const side = Math.min(column, APERTURE_COLUMNS - column) / APERTURE_COLUMNS;
      const corner = smoothstep(side / 0.12);
      const skin = above > -0.5 ? smoothstep(t / 0.5) * corner * Math.min(1, above + 0.5) * cover : 0;
      const strand = 0.72 + 0.28 * uniformAt(0, Math.floor(along * 0.9), 5);
      const lashFall = above >= 0 ? above / lashWidth : (-above / lashLength) * (1.25 - 0.35 * strand) * 1.6;
      const lash = 0.85 * cover * smoothstep(side / 0.06) * strand * Math.max(0, 1 - lashFall * lashFall);

      const round = 1 + 0.05 * Math.sin(Math.PI * Math.min(1, t * 1.15)) - 0.1 * t * t * t;
      const noise = eyelid.grain * 3.4 * (uniformAt(0, Math.floor(along), Math.floor(above)) - 0.5);
      const p = ((coverage.top + j) * FRAME_SIZE + coverage.left + i) * 4;
      for (let k = 0; k < 3; k++) {
        const at = c * 3 + k;
        const top = eyelid.crease[at]! + (eyelid.crease[at + 3]! - eyelid.crease[at]!) * f;
        const low = eyelid.lid[at]! + (eyelid.lid[at + 3]! - eyelid.lid[at]!) * f;
        const colour = (top + (low - top) * smoothstep(t / 0.7)) * round + noise;
        const dark = eyelid.lash[at]! + (eyelid.lash[at + 3]! - eyelid.lash[at]!) * f;
        const under = frame[p + k]! + (colour - frame[p + k]!) * skin;
        frame[p + k] = under + (Math.min(dark * 0.8, under) - under) * lash;
      }
    }
  }
}

/** The colour at a quantile of brightness among the pixels around the way from one landmark to another. */
function quantile(
  photo: RgbaImage,
  keypoints: Float32Array,
  from: number,
  to: number,
  start: number,
  end: number,
  share: number,
): Rgb {
  const colours: Rgb[] = [];
  for (let s = 0; s <= 8; s++) {
    const t = start + ((end - start) * s) / 8;
    const x = keypoints[from * 3]! + (keypoints[to * 3]! - keypoints[from * 3]!) * t;
    const y = keypoints[from * 3 + 1]! + (keypoints[to * 3 + 1]! - keypoints[from * 3 + 1]!) * t;
    for (let d = -2; d <= 2; d++) {
      const i = Math.min(photo.width - 1, Math.max(0, Math.floor(x) + d));
      const j = Math.min(photo.height - 1, Math.max(0, Math.floor(y)));
      const p = (j * photo.width + i) * 4;
      colours.push([photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!]);
    }
  }
  colours.sort((p, q) => luma(p) - luma(q));
  return colours[Math.floor(share * (colours.length - 1))]!;
}

/** Smooths colours along the columns and spreads them over the table's. */
function spread(colours: readonly Rgb[], passes: number): Float32Array {
  let row = colours.map((colour) => [...colour]);
  for (let pass = 0; pass < passes; pass++) {
    row = row.map((colour, i) => {
      const before = row[Math.max(0, i - 1)]!;
      const after = row[Math.min(row.length - 1, i + 1)]!;
      return colour.map((v, c) => (before[c]! + 2 * v + after[c]!) / 4);
    });
  }
  const out = new Float32Array((APERTURE_COLUMNS + 1) * 3);
  for (let column = 0; column <= APERTURE_COLUMNS; column++) {
    const at = (column / APERTURE_COLUMNS) * (row.length - 1);
    const i = Math.min(row.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++) out[column * 3 + c] = row[i]![c]! + (row[i + 1]![c]! - row[i]![c]!) * (at - i);
  }
  return out;
}
