import { LEFT_EYE, OUTER_LIPS, RIGHT_EYE } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';

/** Red, green, blue, 0–255. */
export type Rgb = readonly [number, number, number];

/** The photo's colours at the places that tell its light: medians, 0–255. */
export interface PhotoTone {
  readonly skin: Rgb;
  readonly lips: Rgb;
  /** The bright end of the whites of the eyes. */
  readonly sclera: Rgb;
  /** The least of the brightest, and the most of the darkest 1 %, of the pixels within one U of the mouth. */
  readonly brightest: Rgb;
  readonly darkest: Rgb;
  /** Standard deviation of the film grain on the skin, 0–255. */
  readonly grain: number;
  /** 0 for a blurred or enlarged photo, 1 for one with detail at every pixel. */
  readonly sharpness: number;
}

/** So far from the mouth nostrils and the lips' line are seen, and little but the face, U. */
const FACE_REACH = 0.45;

/** Cheeks, forehead and chin. */
const SKIN_PLACES = [50, 280, 205, 425, 151, 108, 337, 199, 101, 330];

/**
 * Reads the tones off the photo around the landmarks.
 * @param keypoints `[478 × 3]`, pixels of the photo.
 */
export function readPhotoTone(photo: RgbaImage, keypoints: Float32Array): PhotoTone {
  const skin = readSkin(photo, keypoints);
  const lipPlaces = [...OUTER_LIPS.lower.slice(3, 8).map((v) => v), 15, 16, 86, 316, 85, 315];
  const lips = medianColour(lipPlaces.flatMap((v) => patch(photo, keypoints[v * 3]!, keypoints[v * 3 + 1]!, 1)));
  const whites = [RIGHT_EYE, LEFT_EYE].flatMap((eye) => eyeWhites(photo, keypoints, eye));
  whites.sort((p, q) => luma(p) - luma(q));
  const bright = whites.slice(Math.floor(whites.length * 0.55), Math.ceil(whites.length * 0.9));
  return {
    skin,
    lips,
    sclera: bright.length > 4 ? medianColour(bright) : skin,
    ...readExtremes(photo, keypoints),
    ...readTexture(photo, keypoints),
  };
}

/** The 1st and 99th percentile of brightness around the mouth: within one U, and for the dark on the face alone. */
function readExtremes(photo: RgbaImage, keypoints: Float32Array): { brightest: Rgb; darkest: Rgb } {
  const at = (v: number, c: number) => keypoints[v * 3 + c]!;
  const middle = [(at(13, 0) + at(14, 0)) / 2, (at(13, 1) + at(14, 1)) / 2] as const;
  const u = Math.hypot(at(33, 0) - at(263, 0), at(33, 1) - at(263, 1), at(33, 2) - at(263, 2));
  const near: Rgb[] = [];
  const face: Rgb[] = [];
  for (let y = Math.max(0, Math.floor(middle[1] - u)); y < Math.min(photo.height, middle[1] + u); y += 2) {
    for (let x = Math.max(0, Math.floor(middle[0] - u)); x < Math.min(photo.width, middle[0] + u); x += 2) {
      const distance = Math.hypot(x - middle[0], y - middle[1]);
      if (distance > u) continue;
      const p = (y * photo.width + x) * 4;
      const colour: Rgb = [photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!];
      near.push(colour);
      if (distance < FACE_REACH * u) face.push(colour);
    }
  }
  const sort = (colours: Rgb[]) => colours.sort((a, b) => luma(a) - luma(b));
  return {
    brightest: sort(near)[Math.floor(0.99 * near.length)] ?? [255, 255, 255],
    darkest: sort(face)[Math.floor(0.01 * face.length)] ?? [0, 0, 0],
  };
}

/** The skin's colour: the median over cheeks, forehead and chin, as far as the photo shows them. */
export function readSkin(photo: RgbaImage, keypoints: Float32Array): Rgb {
  return medianColour(SKIN_PLACES.flatMap((v) => patch(photo, keypoints[v * 3]!, keypoints[v * 3 + 1]!, 2)));
}

/** Perceived brightness of an sRGB colour, 0–255. @source ITU-R BT.601 */
export function luma(colour: Rgb): number {
  return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}

/**
 * Grain: deviation of skin pixels from the mean of their neighbours. Sharpness: how fast brightness changes over one pixel
 * against over three, in the eyes and the mouth; a third for a blurred edge, one for detail at every pixel.
 */
function readTexture(photo: RgbaImage, keypoints: Float32Array): { grain: number; sharpness: number } {
  const deviations: number[] = [];
  for (const v of SKIN_PLACES) {
    for (let k = 0; k < 81; k++) {
      const [x, y] = [
        Math.floor(keypoints[v * 3]!) + (k % 9) - 4,
        Math.floor(keypoints[v * 3 + 1]!) + Math.floor(k / 9) - 4,
      ];
      const near =
        lumaAt(photo, x - 1, y) + lumaAt(photo, x + 1, y) + lumaAt(photo, x, y - 1) + lumaAt(photo, x, y + 1);
      deviations.push(Math.abs(lumaAt(photo, x, y) - near / 4));
    }
  }
  deviations.sort((p, q) => p - q);
  // Of white noise the deviation from the mean of four has 1.118 of its standard deviation, and .674 of that as median.
  const grain = Math.min(6, deviations[deviations.length >> 1]! / 0.754);
  let fine = 0;
  let coarse = 1e-6;
  for (const eye of [RIGHT_EYE, LEFT_EYE]) {
    for (const row of [eye.margin.upper, eye.margin.lower, eye.lid.upper]) {
      for (const v of row) {
        for (let k = 0; k < 25; k++) {
          const [x, y] = [
            Math.floor(keypoints[v * 3]!) + (k % 5) - 2,
            Math.floor(keypoints[v * 3 + 1]!) + Math.floor(k / 5) - 2,
          ];
          fine +=
            Math.abs(lumaAt(photo, x + 1, y) - lumaAt(photo, x, y)) +
            Math.abs(lumaAt(photo, x, y + 1) - lumaAt(photo, x, y));
          coarse +=
            Math.abs(lumaAt(photo, x + 3, y) - lumaAt(photo, x, y)) +
            Math.abs(lumaAt(photo, x, y + 3) - lumaAt(photo, x, y));
        }
      }
    }
  }
  return { grain, sharpness: Math.min(1, Math.max(0, (fine / coarse - 0.36) / 0.24)) };
}

function lumaAt(photo: RgbaImage, x: number, y: number): number {
  const i = Math.min(photo.width - 1, Math.max(0, x));
  const j = Math.min(photo.height - 1, Math.max(0, y));
  const p = (j * photo.width + i) * 4;
  return luma([photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!]);
}

/** Pixels between the lid margins and outside the iris. */
function eyeWhites(photo: RgbaImage, keypoints: Float32Array, eye: typeof RIGHT_EYE): Rgb[] {
  const out: Rgb[] = [];
  const [centre, rim] = [eye.iris[0] * 3, eye.iris[1] * 3];
  const radius = Math.hypot(keypoints[rim]! - keypoints[centre]!, keypoints[rim + 1]! - keypoints[centre + 1]!);
  for (let i = 1; i < eye.margin.upper.length - 1; i++) {
    const u = eye.margin.upper[i]! * 3;
    const l = eye.margin.lower[i]! * 3;
    for (let t = 0.3; t < 0.75; t += 0.1) {
      const x = keypoints[u]! + (keypoints[l]! - keypoints[u]!) * t;
      const y = keypoints[u + 1]! + (keypoints[l + 1]! - keypoints[u + 1]!) * t;
      if (Math.hypot(x - keypoints[centre]!, y - keypoints[centre + 1]!) < radius * 1.15) continue;
      out.push(...patch(photo, x, y, 0));
    }
  }
  return out;
}

/** Pixels within `radius` of a place; none outside the photo. */
function patch(photo: RgbaImage, x: number, y: number, radius: number): Rgb[] {
  const out: Rgb[] = [];
  for (let j = Math.floor(y) - radius; j <= Math.floor(y) + radius; j++) {
    for (let i = Math.floor(x) - radius; i <= Math.floor(x) + radius; i++) {
      if (i < 0 || j < 0 || i >= photo.width || j >= photo.height) continue;
      const p = (j * photo.width + i) * 4;
      out.push([photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!]);
    }
  }
  return out;
}

/** Median of each channel; grey for no colours. */
export function medianColour(colours: readonly Rgb[]): Rgb {
  if (colours.length === 0) return [128, 128, 128];
  const middle = (channel: 0 | 1 | 2): number =>
    colours.map((colour) => colour[channel]).sort((p, q) => p - q)[colours.length >> 1]!;
  return [middle(0), middle(1), middle(2)];
}
