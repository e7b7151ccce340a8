import type { RgbaImage } from '../image.ts';
import { fillBackground } from './background-plate.ts';

/** With less of the person than this in a pixel its colour cannot be told. */
const LEAST_TO_CLEAN = 0.25;
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
 */
export function takePersonApart(
  photo: RgbaImage,
  matte: Uint8Array,
  face: Uint8Array,
  backdrop: Backdrop = 'own',
): PersonLayer {
  const alpha = matte.map((value, i) => (face[i] === 1 ? 255 : value));
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
  cleanFace(person, matte, face, background);
  const plate = backdrop === 'transparent' ? { ...photo, data: new Uint8ClampedArray(photo.data.length) } : backdrop;
  return { person, alpha, plate, rest: layOver(person, plate) };
}

/** The face's rim without the old background: F instead of I where the matte knows of both. */
function cleanFace(person: RgbaImage, matte: Uint8Array, face: Uint8Array, background: RgbaImage): void {
  for (let i = 0; i < face.length; i++) {
    const share = matte[i]! / 255;
    if (face[i] === 0 || share < LEAST_TO_CLEAN || share === 1) continue;
    for (let c = i * 4; c < i * 4 + 3; c++) {
      person.data[c] = (person.data[c]! - (1 - share) * background.data[c]!) / share;
    }
  }
}

/** Whether a matte is one of this person. @param face see `takePersonApart`. */
export function holdsFace(matte: Uint8Array, face: Uint8Array): boolean {
  let held = 0;
  let all = 0;
  for (let i = 0; i < face.length; i++) {
    if (face[i] === 0) continue;
    held += matte[i]! / 255;
    all++;
  }
  return held >= LEAST_OF_FACE * all;
}

function layOver(person: RgbaImage, plate: RgbaImage): RgbaImage {
  const data = new Uint8ClampedArray(person.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = person.data[i]! + (1 - person.data[i | 3]! / 255) * plate.data[i]!;
  }
  return { ...person, data };
}
