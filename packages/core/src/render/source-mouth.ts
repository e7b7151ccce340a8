import { INNER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { createAperture, measureAperture } from './aperture.ts';
import { readRims } from './lip-rims.ts';
import type { MouthInterior } from './mouth-interior.ts';
import { paintLowerTeeth, paintTongue, paintUpperTeeth } from './mouth-layers.ts';
import { choosePalette, type MouthPalette } from './mouth-palette.ts';
import type { MouthPlane } from './mouth-plane.ts';
import { findTeeth } from './own-teeth.ts';
import { luma, type PhotoTone, type Rgb } from './photo-tone.ts';

/**
 * Upper incisors end this far below the closed lips' line; the lower ones begin just behind them while the jaw is shut, and
 * so does the tongue, U. @source docs/decisions: a mouth one believes
 */
const UPPER_EDGE = 0.032;
const LOWER_BEHIND = 0.004;
const TONGUE_TOP = -0.035;
/** Own upper incisors end no lower than this, U. */
const MOST_EDGE = 0.075;
/** Painted teeth above the photo's own go on this far, so that a wider smile shows no gum where there was none, U. */
const OWN_CROWN = 0.19;
/** Own teeth are in the shade of the photo's lips already: how much of the shade is added to them. */
const OWN_SHADE = 0.45;
/** Pixels over which the edges of a blurred photo go, and of one with detail at every pixel. */
const SOFT = 2.4;
const SHARP = 1;

/** What is known of the upper teeth before looking for them. */
export interface UpperTeeth {
  /** What is tooth-like further below the upper lip than this is no upper tooth; 0: none are seen, U. @default no limit */
  readonly mostCrown?: number | undefined;
  /** Of painted ones. @default from skin and lips */
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
 * Paints the mouth's inside in the photo's light; an upper row that the photo shows whole is cut out and kept, and the
 * painted one continues it in its colour.
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
  const teeth = findTeeth(photo, tone, lips, plane, scale, mostCrown);
  const { row } = teeth;
  const palette = withTeeth(choosePalette(tone), teeth.colour ?? colour, teeth.mostLuma);
  const upperEdge = row === undefined ? UPPER_EDGE : Math.min(MOST_EDGE, row.edge);
  const lowerEdge = Math.max(UPPER_EDGE, upperEdge) - LOWER_BEHIND;
  const painted = paintUpperTeeth(palette, upperEdge, density, tone.grain, row && OWN_CROWN);
  return {
    interior: {
      cavity: palette.cavity,
      upperEdge,
      lowerEdge,
      tongueTop: TONGUE_TOP,
      shade: row === undefined ? 1 : OWN_SHADE,
      softness: SOFT + (SHARP - SOFT) * tone.sharpness,
      ...readRims(photo, places, lips, scale),
      upperTeeth: row === undefined ? painted : row.lay(painted, lightOf(teeth.colour, teeth.mostLuma)),
      lowerTeeth: paintLowerTeeth(palette, lowerEdge, density, tone.grain),
      tongue: paintTongue(palette, TONGUE_TOP, density, tone.grain),
    },
    gap: Math.max(0, lips.gap),
    width: lips.length,
  };
}

/** The palette with teeth of the photo's own colour where it shows them, and no brighter than it lets them be. */
function withTeeth(palette: MouthPalette, own: Rgb | undefined, mostLuma: number): MouthPalette {
  const tooth = own ?? palette.tooth;
  const light = lightOf(tooth, mostLuma);
  return { ...palette, tooth: [tooth[0] * light, tooth[1] * light, tooth[2] * light] };
}

/** Share of its brightness that a colour keeps. */
function lightOf(colour: Rgb | undefined, mostLuma: number): number {
  return colour === undefined ? 1 : Math.min(1, mostLuma / Math.max(1, luma(colour)));
}
