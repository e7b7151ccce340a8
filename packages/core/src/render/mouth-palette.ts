import { clampUnit, smoothstep } from '../math/smoothstep.ts';
import { luma, type PhotoTone, type Rgb } from './photo-tone.ts';

/** Colours of the mouth in the manner and the light of the picture, 0–255. */
export interface MouthPalette {
  readonly tooth: Rgb;
  readonly gum: Rgb;
  readonly tongue: Rgb;
  readonly cavity: Rgb;
  /** How much single teeth are told apart, 0–1: 1 in photos, less in what is drawn, painted or hewn. */
  readonly detail: number;
}

/**
 * Teeth over skin in brightness: of 12 pictures with teeth the brightest twentieth of the opening has 1.3 at a skin of 147,
 * 1.15 at 168, 1.08 at 184 and 1.0 at 220 (of 255): 1 + (200 − skin) · SLOPE; PEAK more, since lips shade painted teeth besides.
 */
const SLOPE = 0.0052;
const PEAK = 1.08;
/** R, G, B over luma of teeth in those pictures, where the skin has SKIN_CHROMA. */
const TOOTH_CHROMA = [1.05, 0.99, 0.905] as const;
/** R, G, B over luma of skin in white light; nearly the same for dark and light skin. */
const SKIN_CHROMA = [1.22, 0.94, 0.82] as const;
/** Skins differ by so much without any cast of the light: teeth of pale and of brown faces have one chroma. */
const USUAL_CAST = 0.13;
/** Saturation of skin, or .6 of the lips', below which a picture is grey: stone, pencil, black and white. */
const GREY = 0.06;

/** The mouth's colours: from skin and lips, and from the brightest and darkest that the picture has beside the mouth. */
export function choosePalette(tone: PhotoTone): MouthPalette {
  const { skin, lips } = tone;
  const skinLuma = Math.max(12, luma(skin));
  const coloured = smoothstep((Math.max(saturationOf(skin), 0.6 * saturationOf(lips)) - GREY) / GREY);
  const painted = 1 - smoothstep(tone.sharpness / 0.12);
  const flat = flatness(tone);
  const detail = (1 - 0.75 * (1 - coloured)) * (1 - 0.45 * painted) * (1 - 0.8 * flat);
  const bright = Math.min(skinLuma * (1 + Math.max(-10, 200 - skinLuma) * SLOPE) * PEAK, luma(tone.brightest));
  // Stone has teeth of stone.
  const toothLuma = coloured * bright + (1 - coloured) * Math.min(bright, 0.95 * skinLuma);
  const cast = ([0, 1, 2] as const).map((c) => {
    const own = skin[c] / skinLuma / (1 + (SKIN_CHROMA[c] - 1) * coloured);
    return 1 + Math.sign(own - 1) * Math.max(0, Math.abs(own - 1) - USUAL_CAST);
  });
  const tooth = tint(
    ([0, 1, 2] as const).map((c) => cast[c]! * (1 + (TOOTH_CHROMA[c] - 1) * coloured)),
    toothLuma,
  );
  const red = redness(lips) * coloured;
  const light = clampUnit(skinLuma / 175) * 0.9 + 0.1;
  const flesh = (r: number, g: number, b: number): Rgb => {
    const grey = luma([r, g, b]);
    return [r, g, b].map(
      (v, c) => (grey + (v - grey) * (0.25 + 0.75 * red) * coloured) * light * cast[c]!,
    ) as unknown as Rgb;
  };
  const dark = luma(tone.darkest);
  const throat = flesh(72, 25, 20);
  const cavity = tint(mix(throat, tone.darkest, 1 - coloured), Math.min(luma(throat), Math.max(6, dark * 0.9)));
  return { tooth, gum: flesh(178, 104, 100), tongue: flesh(176, 94, 88), cavity, detail };
}

/** A colour of the given chroma and luma. */
function tint(chroma: ArrayLike<number>, to: number): Rgb {
  const rgb = [chroma[0]!, chroma[1]!, chroma[2]!] as const;
  const k = to / Math.max(1e-3, luma(rgb));
  return [rgb[0] * k, rgb[1] * k, rgb[2] * k];
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

function saturationOf(colour: Rgb): number {
  const most = Math.max(...colour);
  return (most - Math.min(...colour)) / Math.max(1, most);
}

/** How red the lips are, 0–1. */
function redness(lips: Rgb): number {
  return clampUnit(saturationOf(lips) / 0.36);
}

/** 1 for a picture of even areas, as drawings have. */
function flatness({ grain, sharpness }: PhotoTone): number {
  return smoothstep((0.45 - grain) / 0.25) * smoothstep((sharpness - 0.5) / 0.2);
}
