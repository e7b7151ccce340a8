/** What scripts/mouth-figures.ts measures on drawn frames. Lengths in U, brightness as luma. */
import {
  type DrivenFrame,
  FRAME_SIZE,
  INNER_LIPS,
  OUTER_LIPS,
  type RgbaImage,
  type SourceTick,
  type SpeechFrame,
} from '@pctalk/core';
import { PHONE_INDEX, type PhoneClass } from '../packages/core/src/models/speech/phone-classes.ts';
import {
  APERTURE_COLUMNS,
  type Aperture,
  createAperture,
  measureAperture,
} from '../packages/core/src/render/aperture.ts';
import { createHeadSurface, type HeadSurface, moveHeadSurface } from '../packages/core/src/render/head-surface.ts';
import { insideStands, type MouthInterior } from '../packages/core/src/render/mouth-interior.ts';
import { placeMouth } from '../packages/core/src/render/mouth-plane.ts';
import { luma, type PhotoTone, type Rgb, readPhotoTone } from '../packages/core/src/render/photo-tone.ts';
import { samplePhoto } from '../packages/core/src/render/sample-photo.ts';
import { prepareMouth } from '../packages/core/src/render/source-mouth.ts';

/** A mouth open by more than this is open; less than the second, shut. */
const OPEN = 0.07;
const SHUT = 0.004;
/** Neighbouring frames open by more than this are compared inside. */
export const OPEN_INSIDE = 0.05;
/** Sounds made through teeth that are closed, and those made with round lips; heard from this posterior on. */
const CLOSED_TEETH: readonly PhoneClass[] = ['S', 'SH', 'F'];
const ROUND: readonly PhoneClass[] = ['UW', 'UH', 'W', 'AO', 'OE'];
const HEARD = 0.5;
/** Tooth-like in the lips: as red as this beside the lips at most, and brighter than they are. */
const PALE = 0.45;
/** Grid of the inside, columns and rows, and how far from the rims. */
const GRID = { columns: 13, rows: 5, margin: 0.2 } as const;

interface Portrait {
  readonly name: string;
  readonly tick: SourceTick;
  readonly surface: HeadSurface;
  readonly tone: PhotoTone;
  readonly interior: MouthInterior;
  readonly ownGap: number;
}

/** Collects over frames of many portraits. */
export class MouthMeasures {
  readonly #partings: number[] = [];
  readonly #lowerSeen: number[] = [];
  readonly #roundMiddles: number[] = [];
  readonly #tooBright: number[] = [];
  readonly #paleLips: number[] = [];
  readonly #brightLines: number[] = [];
  readonly #changes: number[] = [];
  readonly #inner = createAperture(INNER_LIPS.upper.length);
  readonly #outer = createAperture(OUTER_LIPS.upper.length);
  #portrait!: Portrait;
  #before: Float64Array | undefined;

  /** The next portrait. @param photo as frames show it. */
  begin(name: string, photo: RgbaImage, tick: SourceTick): void {
    const surface = createHeadSurface(tick);
    const tone = readPhotoTone(photo, tick.keypoints);
    const { interior, gap } = prepareMouth(
      photo,
      tone,
      surface.source,
      placeMouth(surface, tick.neutral),
      tick.pose.scale,
    );
    this.#portrait = { name, tick, surface, tone, interior, ownGap: gap / tick.pose.scale };
  }

  /** What follows does not go on from the frame before. */
  cut(): void {
    this.#before = undefined;
  }

  add(frame: Uint8ClampedArray, driven: DrivenFrame, speech: SpeechFrame): void {
    const { surface, tone, interior, tick, ownGap } = this.#portrait;
    const picture: RgbaImage = { width: FRAME_SIZE, height: FRAME_SIZE, data: frame };
    moveHeadSurface(surface, driven);
    measureAperture(INNER_LIPS, surface.positions, 2, this.#inner);
    measureAperture(OUTER_LIPS, surface.positions, 2, this.#outer);
    const inner = this.#inner;
    const { scale } = driven.pose;
    const gap = inner.gap / scale;
    const skin = Math.max(1, luma(tone.skin));
    const heard = (classes: readonly PhoneClass[]) =>
      classes.reduce((sum, name) => sum + speech.phones[PHONE_INDEX[name]]!, 0);
    if (gap > OPEN) {
      const plane = placeMouth(surface, tick.neutral);
      const { upperEdge, lowerEdge } = insideStands(interior, plane, driven.inside);
      if (heard(CLOSED_TEETH) < 0.3) this.#partings.push(lowerEdge - upperEdge);
      const middle = APERTURE_COLUMNS / 2;
      const [x, y] = placeOf(inner, middle, inner.lower[middle]!);
      const lipEdge = plane.yx * x + plane.yy * y + plane.y0;
      // Less than this is the lip's rim.
      this.#lowerSeen.push(lowerEdge < lipEdge - 0.02 ? 1 : 0);
      this.#tooBright.push(this.#brightest(picture) > luma(tone.brightest) + 2 ? 1 : 0);
    }
    if (gap > 0.03 && heard(ROUND) > HEARD) {
      const middle = APERTURE_COLUMNS / 2;
      const height = (inner.upper[middle]! + inner.lower[middle]!) / 2;
      this.#roundMiddles.push(luma(samplePhoto(picture, ...placeOf(inner, middle, height))) / skin);
    }
    if (gap < SHUT) this.#brightLines.push(this.#lineBrighter(picture) ? 1 : 0);
    if (ownGap > 0.03 && Math.abs(gap - ownGap) > 0.04) this.#paleLips.push(this.#paleShare(picture));
    this.#noteChange(picture, gap, skin);
  }

  /** The figures, rounded. */
  report(): Record<string, string> {
    const median = (values: number[]) =>
      values.length > 0 ? values.sort((a, b) => a - b)[values.length >> 1]!.toFixed(3) : '–';
    const share = (values: number[], is: (value: number) => boolean) =>
      values.length > 0 ? `${((100 * values.filter(is).length) / values.length).toFixed(1)} %` : '–';
    return {
      'open frames': `${this.#lowerSeen.length}`,
      'rows part in open frames outside s z sh ch j f v, median, U': median(this.#partings),
      'rows overlap there': share(this.#partings, (value) => value < 0),
      'lower teeth seen in open frames': share(this.#lowerSeen, (value) => value === 1),
      'middle of the mouth in round vowels over skin, median': median(this.#roundMiddles),
      'darker than .45 of the skin there': share(this.#roundMiddles, (value) => value < 0.45),
      'open frames with teeth brighter than the brightest 1 %': share(this.#tooBright, (value) => value === 1),
      'frames with over 1 % of the lips tooth-like, own mouth open': share(this.#paleLips, (value) => value > 0.01),
      'closures with a line brighter than the lips': share(this.#brightLines, (value) => value === 1),
      'colour change inside from frame to frame, median, of skin': median(this.#changes),
      'the same, 95th percentile': (this.#changes[Math.floor(0.95 * this.#changes.length)] ?? 0).toFixed(3),
    };
  }

  #brightest(picture: RgbaImage): number {
    const inner = this.#inner;
    const lumas: number[] = [];
    for (let c = 6; c <= APERTURE_COLUMNS - 6; c += 2) {
      const height = inner.lower[c]! - inner.upper[c]!;
      for (let y = 2; y < height - 3; y++)
        lumas.push(luma(samplePhoto(picture, ...placeOf(inner, c, inner.upper[c]! + y))));
    }
    lumas.sort((a, b) => a - b);
    return lumas[Math.floor(0.99 * lumas.length)] ?? 0;
  }

  /** Whether any place on the line between shut lips is brighter than the lips' 95th percentile. */
  #lineBrighter(picture: RgbaImage): boolean {
    const lips = this.#lipColours(picture)
      .map(luma)
      .sort((a, b) => a - b);
    const most = lips[Math.floor(0.95 * lips.length)]!;
    const inner = this.#inner;
    for (let c = 10; c <= APERTURE_COLUMNS - 10; c++) {
      const height = (inner.upper[c]! + inner.lower[c]!) / 2;
      if (luma(samplePhoto(picture, ...placeOf(inner, c, height))) > most) return true;
    }
    return false;
  }

  /** Share of the lips near the opening that is paler and brighter than lips are. */
  #paleShare(picture: RgbaImage): number {
    const lips = this.#lipColours(picture);
    const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
    const red = middle(lips.map(rednessOf));
    const light = middle(lips.map(luma));
    const inner = this.#inner;
    let pale = 0;
    for (let c = 8; c <= APERTURE_COLUMNS - 8; c++) {
      for (let k = 1; k <= 4; k++) {
        for (const height of [inner.upper[c]! - k, inner.lower[c]! + k]) {
          const colour = samplePhoto(picture, ...placeOf(inner, c, height));
          if (rednessOf(colour) < PALE * red && luma(colour) > 1.05 * light) pale++;
        }
      }
    }
    // Counted a column apart, but the lips' area is in pixels.
    return (pale * this.#inner.length) / APERTURE_COLUMNS / Math.max(1, this.#lipArea());
  }

  #lipColours(picture: RgbaImage): Rgb[] {
    const { inner, outer } = { inner: this.#inner, outer: this.#outer };
    const colours: Rgb[] = [];
    for (let c = 8; c <= APERTURE_COLUMNS - 8; c += 2) {
      for (const share of [0.3, 0.4, 0.5, 0.6, 0.7]) {
        for (const row of ['upper', 'lower'] as const) {
          const from = placeOf(outer, c, outer[row][c]!);
          const to = placeOf(inner, c, inner[row][c]!);
          colours.push(samplePhoto(picture, from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])));
        }
      }
    }
    return colours;
  }

  #lipArea(): number {
    const area = (a: Aperture) => {
      let sum = 0;
      for (let c = 0; c <= APERTURE_COLUMNS; c++) sum += Math.max(0, a.lower[c]! - a.upper[c]!);
      return (sum * a.length) / APERTURE_COLUMNS;
    };
    return area(this.#outer) - area(this.#inner);
  }

  /** Mean change over a grid that goes with the rims, between neighbouring frames that are both open. */
  #noteChange(picture: RgbaImage, gap: number, skin: number): void {
    const now = gap > OPEN_INSIDE ? insideGrid(picture, this.#inner) : undefined;
    if (now && this.#before) {
      let sum = 0;
      for (let i = 0; i < now.length; i++) sum += Math.abs(now[i]! - this.#before[i]!);
      this.#changes.push(sum / now.length / skin);
    }
    this.#before = now;
  }
}

/** Brightness over a grid between the rims of an opening `[columns × rows]`. */
export function insideGrid(picture: RgbaImage, inner: Aperture): Float64Array {
  const { columns, rows, margin } = GRID;
  const out = new Float64Array(columns * rows);
  for (let i = 0; i < columns; i++) {
    const c = Math.round(APERTURE_COLUMNS * (margin + ((1 - 2 * margin) * i) / (columns - 1)));
    for (let k = 0; k < rows; k++) {
      const share = margin + ((1 - 2 * margin) * k) / (rows - 1);
      const height = inner.upper[c]! + share * (inner.lower[c]! - inner.upper[c]!);
      out[i * rows + k] = luma(samplePhoto(picture, ...placeOf(inner, c, height)));
    }
  }
  return out;
}

function placeOf({ originX, originY, axisX, axisY, length }: Aperture, column: number, height: number) {
  const along = (column / APERTURE_COLUMNS) * length;
  return [originX + along * axisX - height * axisY, originY + along * axisY + height * axisX] as const;
}

/** (R − (G + B) / 2) over luma. */
function rednessOf([r, g, b]: Rgb): number {
  return (r - (g + b) / 2) / Math.max(8, luma([r, g, b]));
}
