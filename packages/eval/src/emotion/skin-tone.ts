import { MIRROR, PLACES, type RgbaImage } from '@pctalk/core';

/**
 * Places of the skin that expression brightens or darkens, each the middle of some vertices of the subject's right and its
 * mirror image. The forehead is left out: hair hangs into it, and moves.
 */
const PATCHES = {
  cheeks: [[50, 205, 101]],
  hollows: [[187, 207, 214]],
  folds: [
    [129, 203],
    [203, 206],
    [206, 216],
  ],
  mouthCorners: [[57, 216]],
  underEyes: [[229, 230, 118, 119]],
  lidRoofs: [[222, 223]],
  innerEyes: [[221, 193]],
  betweenBrows: [[55, 8], [107, 9], [9], [8]],
  noseRoot: [[6], [168]],
  chin: [[199], [200]],
} as const satisfies Readonly<Record<string, readonly (readonly number[])[]>>;
/** Their names, in the order tables show them. */
export const SKIN_PLACES = Object.keys(PATCHES) as readonly (keyof typeof PATCHES)[];

/** One number for each place. */
export type SkinTone = Readonly<Record<keyof typeof PATCHES, number>>;

/** Half the side of the square that is looked at, U. */
const RADIUS = 0.022;
const LUMA = [0.299, 0.587, 0.114] as const;

/** Mean luma of each place, 0–255. @param points landmarks `[478 × 3]`, pixels of the picture. */
export function skinTone(image: RgbaImage, points: Float32Array): SkinTone {
  const [a, b] = [PLACES.rightEyeOuter * 3, PLACES.leftEyeOuter * 3];
  const radius = Math.max(1, RADIUS * Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!));
  return toneOf((name) => {
    const groups: readonly (readonly number[])[] = PATCHES[name];
    const both = groups.flatMap((group) => [group, group.map((v) => MIRROR[v]!)]);
    return both.reduce((sum, group) => sum + lumaAround(image, points, group, radius), 0) / both.length;
  });
}

/** Means of several. */
export function meanTone(tones: readonly SkinTone[]): SkinTone {
  return toneOf((name) => tones.reduce((sum, tone) => sum + tone[name], 0) / tones.length);
}

/**
 * How much brighter each place has become, as a share, over the median place: light on the whole face counts for nothing.
 *
 * @source the ratio of brightness of Liu, Shan & Zhang 2001, "Expressive expression mapping with ratio images"
 */
export function toneChange(tone: SkinTone, neutral: SkinTone): SkinTone {
  const ratios = SKIN_PLACES.map((name) => tone[name] / neutral[name]).sort((p, q) => p - q);
  const middle = (ratios[Math.floor((ratios.length - 1) / 2)]! + ratios[Math.ceil((ratios.length - 1) / 2)]!) / 2;
  return toneOf((name) => tone[name] / neutral[name] / middle - 1);
}

function lumaAround(image: RgbaImage, points: Float32Array, group: readonly number[], radius: number): number {
  const x = group.reduce((sum, v) => sum + points[v * 3]!, 0) / group.length;
  const y = group.reduce((sum, v) => sum + points[v * 3 + 1]!, 0) / group.length;
  let [sum, count] = [0, 0];
  for (let j = Math.max(0, Math.floor(y - radius)); j <= Math.min(image.height - 1, y + radius); j++) {
    for (let i = Math.max(0, Math.floor(x - radius)); i <= Math.min(image.width - 1, x + radius); i++) {
      const p = (j * image.width + i) * 4;
      for (let c = 0; c < 3; c++) sum += LUMA[c]! * image.data[p + c]!;
      count++;
    }
  }
  return count === 0 ? Number.NaN : sum / count;
}

function toneOf(value: (name: keyof SkinTone) => number): SkinTone {
  return Object.fromEntries(SKIN_PLACES.map((name) => [name, value(name)])) as SkinTone;
}
