import type { FaceRegion } from '../../face/face-region.ts';
import { ImagePyramid } from '../../face/image-pyramid.ts';
import type { RgbaImage } from '../../image.ts';
import { clampUnit, smoothstep } from '../../math/smoothstep.ts';
import type { TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { type GuidedFilterOptions, guidedFilter } from './guided-filter.ts';
import { buildMatteNetwork, MATTE_NETWORK_SIZE, MATTE_OUTPUT } from './network.ts';

/** Which pixels of a square picture show the person, with all hair and clothes: `[side²]`, 0 background to 255 person. */
export interface PersonMatte {
  readonly side: number;
  readonly alpha: Uint8Array;
}

/**
 * What becomes of pixels that the network is unsure of. Before the picture's own background they go with the person: a piece
 * of wall that moves is seen less than torn hair. Before another one they are left out: there a piece of wall is seen at once.
 */
export type MatteManner = 'keep' | 'cut';

/** Tells persons from background. Who creates it disposes it. */
export interface PersonSegmenter {
  /**
   * Looks at the crop's region and at one around it: what either holds for person is person.
   * @param region of the picture that the crop shows.
   */
  segment(picture: RgbaImage, region: FaceRegion, crop: RgbaImage, manner?: MatteManner): Promise<PersonMatte>;
  dispose(): Promise<void>;
}

const INPUT = { size: MATTE_NETWORK_SIZE, border: 'replicate', range: [0, 1] } as const;
/** Side of the wider look, in sides of the crop: hair that fills the crop is known as such from further away. */
const FAR = 1.4;
/** The network's shares that become background and person. */
const LIFT = { keep: { from: 0.12, to: 0.6 }, cut: { from: 0.4, to: 0.95 } } as const;
/** The network's edges lie within 4 of its pixels of the picture's. */
const EDGES: GuidedFilterOptions = { radius: 4, epsilon: 2e-4 };
/** Refined values below and above count as background and person. */
const CERTAIN = { background: 0.04, person: 0.94 } as const;

/** Loads the matte network. @param tflite see `buildMatteNetwork`. @throws `model-invalid` */
export async function createPersonSegmenter(runtime: TensorRuntime, tflite: Uint8Array): Promise<PersonSegmenter> {
  const session = await runtime.load(buildMatteNetwork(tflite));
  return {
    segment: (picture, region, crop, manner = 'keep') => segment(session, picture, region, crop, manner),
    dispose: () => session.dispose(),
  };
}

async function segment(
  session: TensorSession,
  picture: RgbaImage,
  region: FaceRegion,
  crop: RgbaImage,
  manner: MatteManner,
): Promise<PersonMatte> {
  const pyramid = new ImagePyramid(picture);
  const near = pyramid.sample(region, INPUT);
  const far = pyramid.sample({ ...region, size: FAR * region.size }, INPUT);
  const coarse = await look(session, near);
  const around = await look(session, far);
  const size = MATTE_NETWORK_SIZE;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [x, y].map((i) => (i + 0.5 - size / 2) / FAR + size / 2 - 0.5) as [number, number];
      const i = y * size + x;
      coarse[i] = Math.max(coarse[i]!, bilinear(around, size, u, v));
    }
  }
  return refineMatte(crop, near, coarse, manner);
}

/** Share of the person in each pixel of an input `[256²]`, new memory. */
async function look(session: TensorSession, data: Float32Array): Promise<Float32Array> {
  const outputs = await session.run({ input: { data, dims: [1, 3, MATTE_NETWORK_SIZE, MATTE_NETWORK_SIZE] } });
  return Float32Array.from(outputs[MATTE_OUTPUT]!.data as Float32Array);
}

function bilinear(map: Float32Array, side: number, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const a = y0 * side + x0;
  const top = map[a]! + (x - x0) * (map[a + 1]! - map[a]!);
  const low = map[a + side]! + (x - x0) * (map[a + side + 1]! - map[a + side]!);
  return top + (y - y0) * (low - top);
}

/**
 * The network's coarse matte brought to the edges of the picture.
 * @param guide the picture as the network saw it `[3, 256, 256]`, 0–1. @param coarse `[256²]`, 0–1.
 */
export function refineMatte(
  crop: RgbaImage,
  guide: Float32Array,
  coarse: Float32Array,
  manner: MatteManner,
): PersonMatte {
  const { from, to } = LIFT[manner];
  const lifted = coarse.map((value) => smoothstep((value - from) / (to - from)));
  const size = MATTE_NETWORK_SIZE;
  const model = guidedFilter(guide, lifted, size, EDGES);
  const side = crop.width;
  const alpha = new Uint8Array(side * side);
  const count = size * size;
  const { data } = crop;
  const { background, person } = CERTAIN;
  const columns = Array.from({ length: side }, (_, x) => axisPlace(x, side, size));
  for (let y = 0; y < side; y++) {
    const row = axisPlace(y, side, size);
    for (let x = 0; x < side; x++) {
      const { first, share } = columns[x]!;
      const p = (y * side + x) * 4;
      let value = 0;
      for (let k = 0; k < 4; k++) {
        const i = k * count + row.first * size + first;
        const top = model[i]! + share * (model[i + 1]! - model[i]!);
        const low = model[i + size]! + share * (model[i + size + 1]! - model[i + size]!);
        value += (top + row.share * (low - top)) * (k < 3 ? data[p + k]! / 255 : 1);
      }
      alpha[y * side + x] = Math.round(255 * clampUnit((value - background) / (person - background)));
    }
  }
  return { side, alpha };
}

/** Where a pixel of the large picture lies between two of the small one. */
function axisPlace(i: number, side: number, size: number): { first: number; share: number } {
  const place = Math.max(0, Math.min(size - 1, ((i + 0.5) * size) / side - 0.5));
  const first = Math.min(size - 2, Math.floor(place));
  return { first, share: place - first };
}
