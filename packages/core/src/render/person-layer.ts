import type { RgbaImage } from '../image.ts';
import { fillBackground } from './background-plate.ts';

/** A matte that holds less of the face than this is not one of this person. */
const LEAST_OF_FACE = 0.8;

/** Frames' background: the photo's own, another picture of 512 × 512, or nothing at all (premultiplied alpha in frames). */
export type Backdrop = 'own' | 'transparent' | RgbaImage;

/** A photo taken apart: the person, premultiplied, and what lies behind. */
export interface PersonLayer {
  /** αF `[512 × 512]`. */
  readonly person: RgbaImage;
  /** α `[512²]`, 0–255. */
  readonly alpha: Uint8Array;
  /** What shows where the person is not. */
  readonly plate: RgbaImage;
  /** The frame at rest: the photo itself before its own background. */
  readonly rest: RgbaImage;
}

/**
 * Takes the photo apart. With B the filled background, the person is what the photo shows besides it:
 *
 *     α F = I − (1 − α) B
 *
 * so that over B it is the photo again, and over anything else its rim carries no colour of B.
 * @param matte α `[512²]`. @param face 1 where the mesh of the face is drawn `[512²]`: it hides all behind it.
 * @returns undefined where the matte has lost the face.
 */
export function takePersonApart(
  photo: RgbaImage,
  matte: Uint8Array,
  face: Uint8Array,
  backdrop: Backdrop = 'own',
): PersonLayer | undefined {
  const alpha = withFace(matte, face);
  if (alpha === undefined) return undefined;
  const background = fillBackground(photo, alpha);
  const person = { ...photo, data: new Uint8ClampedArray(photo.data.length) };
  for (let i = 0; i < alpha.length; i++) {
    const behind = 1 - alpha[i]! / 255;
    for (let c = 0; c < 3; c++) {
      const own = photo.data[i * 4 + c]! - behind * background.data[i * 4 + c]!;
      person.data[i * 4 + c] = Math.min(alpha[i]!, own);
    }
    person.data[i * 4 + 3] = alpha[i]!;
  }
  if (backdrop === 'own') return { person, alpha, plate: background, rest: photo };
  const plate = backdrop === 'transparent' ? { ...photo, data: new Uint8ClampedArray(photo.data.length) } : backdrop;
  return { person, alpha, plate, rest: layOver(person, plate) };
}

/** The matte with the whole face in it; undefined where it holds too little of that. */
function withFace(matte: Uint8Array, face: Uint8Array): Uint8Array | undefined {
  let held = 0;
  let all = 0;
  for (let i = 0; i < face.length; i++) {
    if (face[i] === 0) continue;
    held += matte[i]! / 255;
    all++;
  }
  return held < LEAST_OF_FACE * all ? undefined : matte.map((alpha, i) => (face[i] === 1 ? 255 : alpha));
}

function layOver(person: RgbaImage, plate: RgbaImage): RgbaImage {
  const data = new Uint8ClampedArray(person.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = person.data[i]! + (1 - person.data[i | 3]! / 255) * plate.data[i]!;
  }
  return { ...person, data };
}
