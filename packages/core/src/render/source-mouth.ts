import { INNER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { clampUnit } from '../math/smoothstep.ts';
import { createAperture, measureAperture } from './aperture.ts';
import { coverPolygon, createCoverage } from './coverage.ts';
import { readRims } from './lip-rims.ts';
import type { MouthInterior } from './mouth-interior.ts';
import { overlayLayer, paintLowerTeeth, paintTongue, paintUpperTeeth } from './mouth-layers.ts';
import { choosePalette, type MouthPalette } from './mouth-palette.ts';
import type { MouthPlane } from './mouth-plane.ts';
import { luma, medianColour, type PhotoTone, type Rgb } from './photo-tone.ts';
import { samplePhoto } from './sample-photo.ts';

/**
 * Upper incisors end this far below the closed lips' line; the lower ones begin just behind them while the jaw is shut, and
 * so does the tongue, U. @source docs/decisions: a mouth one believes
 */
const UPPER_EDGE = 0.032;
const LOWER_EDGE = 0.028;
const TONGUE_TOP = -0.035;

/** A mouth open less than this hides its teeth, U; one with fewer tooth-like pixels shows something else. */
const OWN_TEETH_GAP = 0.045;
const OWN_TEETH_SHARE = 0.22;

/** Painted teeth above the photo's own go on this far, so that a wider smile shows no gum where there was none, U. */
const OWN_CROWN = 0.19;

/** The brightest of the opening reaches this share of the skin's brightness where teeth show. */
const BRIGHTEST_TOOTH = 0.72;

/** What is known of the upper teeth before looking for them. */
export interface UpperTeeth {
  /** What is tooth-like further below the upper lip than this is no upper tooth; 0: none are seen, U. @default no limit */
  readonly mostCrown?: number | undefined;
  /** Of painted ones. @default from skin and whites of the eyes */
  readonly colour?: Rgb | undefined;
}

/** What the source photo shows of its own mouth. */
export interface SourceMouth {
  readonly interior: MouthInterior;
  /** Largest gap and width of the opening in the photo, pixels. */
  readonly gap: number;
  readonly width: number;
}

/**
 * Paints the mouth's inside in the photo's light; teeth that the photo shows are cut out and kept, and the painted ones
 * continue them in their colour.
 * @param places `[N × 2]` vertices of the source, pixels.
 * @param plane the mouth plane in the source itself.
 * @param scale pixels per U.
 * @param upper what is known of the upper teeth.
 */
export function prepareMouth(
  photo: RgbaImage,
  tone: PhotoTone,
  places: Float32Array,
  plane: MouthPlane,
  scale: number,
  { mostCrown = Number.POSITIVE_INFINITY, colour }: UpperTeeth = {},
): SourceMouth {
  const lips = createAperture(INNER_LIPS.upper.length);
  measureAperture(INNER_LIPS, places, 2, lips);
  const density = Math.max(60, scale * (0.55 + 0.95 * tone.sharpness));
  const own = lips.gap > OWN_TEETH_GAP * scale ? findTeeth(photo, tone, lips, plane, mostCrown * scale) : undefined;
  const tooth = own?.colour ?? colour;
  const palette: MouthPalette = { ...choosePalette(tone), ...(tooth && { tooth }) };
  const painted = paintUpperTeeth(
    palette,
    own ? own.edge : UPPER_EDGE,
    density,
    tone.grain,
    own ? OWN_CROWN : undefined,
  );
  return {
    interior: {
      cavity: palette.cavity,
      upperEdge: own ? own.edge : UPPER_EDGE,
      lowerEdge: LOWER_EDGE,
      tongueTop: TONGUE_TOP,
      ...readRims(photo, places, lips, scale),
      softness: 2.4 - 1.4 * tone.sharpness,
      upperTeeth: own ? overlayLayer(painted, (x, y) => own.sample(x, y)) : painted,
      lowerTeeth: paintLowerTeeth(palette, LOWER_EDGE, density, tone.grain),
      tongue: paintTongue(palette, TONGUE_TOP, density, tone.grain),
    },
    gap: Math.max(0, lips.gap),
    width: lips.length,
  };
}

interface OwnTeeth {
  readonly colour: Rgb;
  /** Where the middle teeth end below the lip line, U. */
  readonly edge: number;
  /** R, G, B (0–255) and coverage (0–1) at a place of the mouth plane. */
  readonly sample: (x: number, y: number) => readonly [number, number, number, number];
}

/** Upper teeth in the photo: from the upper lip down to the last tooth-like pixel of each column. */
function findTeeth(
  photo: RgbaImage,
  tone: PhotoTone,
  lips: ReturnType<typeof createAperture>,
  plane: MouthPlane,
  mostCrown: number,
): OwnTeeth | undefined {
  const coverage = createCoverage(photo.width * photo.height);
  if (!coverPolygon(lips.outline, lips.pointCount, coverage)) return undefined;
  const { left, top, width, height, values } = coverage;
  const teeth: Rgb[] = [];
  const ends = new Float32Array(width);
  const begins = new Float32Array(width).fill(Number.POSITIVE_INFINITY);
  let inside = 0;
  const threshold = toothThreshold(photo, tone, coverage);
  for (let i = 0; i < width; i++) {
    let misses = 0;
    for (let j = 0; j < height; j++) {
      if (values[j * width + i]! < 0.6) continue;
      inside++;
      begins[i] = Math.min(begins[i]!, top + j);
      if (top + j - begins[i]! > mostCrown) break;
      const p = ((top + j) * photo.width + left + i) * 4;
      const colour: Rgb = [photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!];
      if (luma(colour) < threshold) {
        misses++;
        continue;
      }
      if (misses > 3 && ends[i]! > 0) break;
      if (ends[i] === 0) misses = 0;
      teeth.push(colour);
      ends[i] = top + j + 1;
    }
  }
  if (teeth.length < OWN_TEETH_SHARE * inside) return undefined;
  const smoothed = smoothEnds(ends);
  const middle = smoothed.reduce((most, end) => Math.max(most, end), 0);
  const x = left + width / 2;
  const determinant = plane.xx * plane.yy - plane.xy * plane.yx;
  return {
    colour: medianColour(teeth),
    edge: plane.yx * x + plane.yy * middle + plane.y0,
    sample: (u, v) => {
      const px = (plane.yy * (u - plane.x0) - plane.xy * (v - plane.y0)) / determinant;
      const py = (plane.xx * (v - plane.y0) - plane.yx * (u - plane.x0)) / determinant;
      const i = Math.min(width - 1, Math.max(0, Math.floor(px - left)));
      const beside = Math.min(px - left, left + width - px);
      const cover =
        clampUnit((smoothed[i]! - py) / 1.5 + 0.5) * clampUnit((py - begins[i]! - 1) / 2) * clampUnit((beside - 1) / 4);
      return cover > 0 && smoothed[i]! > 0 ? [...samplePhoto(photo, px, py), cover] : [0, 0, 0, 0];
    },
  };
}

/** Nearly half way between the dark and the bright of the opening; infinite where nothing is bright beside the skin. */
function toothThreshold(photo: RgbaImage, tone: PhotoTone, coverage: ReturnType<typeof createCoverage>): number {
  const lumas: number[] = [];
  for (let k = 0; k < coverage.width * coverage.height; k++) {
    if (coverage.values[k]! < 0.6) continue;
    const p =
      ((coverage.top + Math.floor(k / coverage.width)) * photo.width + coverage.left + (k % coverage.width)) * 4;
    lumas.push(luma([photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!]));
  }
  lumas.sort((p, q) => p - q);
  const dark = lumas[Math.floor(lumas.length * 0.05)] ?? 0;
  const bright = lumas[Math.floor(lumas.length * 0.95)] ?? 255;
  if (bright < BRIGHTEST_TOOTH * luma(tone.skin)) return Number.POSITIVE_INFINITY;
  return Math.max(dark + 0.42 * (bright - dark), 0.38 * luma(tone.skin));
}

function smoothEnds(ends: Float32Array): Float32Array {
  return ends.map((_, i) => {
    let sum = 0;
    let count = 0;
    for (let k = Math.max(0, i - 3); k <= Math.min(ends.length - 1, i + 3); k++) {
      if (ends[k] === 0) continue;
      sum += ends[k]!;
      count++;
    }
    return count > 3 ? sum / count : 0;
  });
}
