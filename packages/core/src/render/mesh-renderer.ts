import { checkInUse, invariant } from '../errors.ts';
import { INNER_LIPS, LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { smoothstep } from '../math/smoothstep.ts';
import type { DrivenFrame, SourceTick } from '../motion/motion-space.ts';
import { createAperture, measureAperture, widenAperture } from './aperture.ts';
import { createCoverage } from './coverage.ts';
import { drawEye, prepareEye } from './eye.ts';
import { coverSourceFace, createHeadSurface, moveHeadSurface } from './head-surface.ts';
import { drawMouth } from './mouth-interior.ts';
import { placeMouth } from './mouth-plane.ts';
import { takePersonApart } from './person-layer.ts';
import { interpolatePhoto } from './photo-texture.ts';
import { readPhotoTone } from './photo-tone.ts';
import { drawTriangles } from './rasteriser.ts';
import { type CreateRenderer, FRAME_SIZE, type Renderer, type RendererOptions } from './renderer.ts';
import { roundTop } from './round-top.ts';
import { shadeSkin, shadowOf } from './skin-shade.ts';
import { prepareMouth } from './source-mouth.ts';
import { createSpanKernel } from './span-kernel.ts';

/** The mouth's outline is widened by this share of its gap, at most so many pixels. */
const WIDENED = 0.05;
const MOST_WIDENED = 0.6;
/**
 * The mouth's inside fades in over so much change, U. Behind lips that the photo shows closed it is the opening's; over a mouth
 * that it shows open by `parted` or more it is the lips' own way, since an opening that speech passes through would show the
 * photo's teeth among others.
 */
const FADE = { closed: 0.008, open: 0.0012, parted: 0.03 } as const;

/** The rims of lips that the photo shows closed cover its lip line once they are open by this, U. */
const RIMS_FROM = 0.03;
/** Lips further apart than this shade each other no more, U. */
const SEAM_GAP = 0.06;

/**
 * The embedded renderer: the photo carried by a mesh that follows K_d, the mouth's inside painted where lips part.
 * Draws the photo, then what has moved: background, neck and hair, face, mouth. One thread, no network.
 */
export const createMeshRenderer: CreateRenderer = (crop, source, options = {}) => {
  const photo = fitPhoto(crop);
  const layer = personLayer(photo, source, options);
  const rest = packed(layer?.rest ?? photo);
  const kernel = createSpanKernel();
  const { texture } = kernel;
  interpolatePhoto(layer?.person ?? photo, texture);
  if (layer !== undefined) {
    roundTop(texture, layer.alpha);
    kernel.plate.set(packed(layer.plate));
  }
  const surface = createHeadSurface(source, { alpha: layer?.alpha, spectacles: options.spectacles });
  const scale = source.pose.scale;
  const tone = readPhotoTone(photo, source.keypoints);
  const shadow = shadowOf(tone.skin);
  const mouth = prepareMouth(photo, tone, surface.source, placeMouth(surface, source.neutral), scale);
  const parted = smoothstep(mouth.gap / scale / FADE.parted);
  const lips = createAperture(INNER_LIPS.upper.length);
  const eyes = [RIGHT_EYE, LEFT_EYE].map((rows) => prepareEye(photo, texture, rows, source.keypoints, tone, scale));
  const coverage = createCoverage(256 * 256);
  let disposed = false;

  const render = (frame: DrivenFrame, out: Uint8ClampedArray): void => {
    checkInUse(!disposed, 'renderer');
    const pixels = new Int32Array(out.buffer, out.byteOffset, FRAME_SIZE * FRAME_SIZE);
    kernel.frame.set(rest);
    moveHeadSurface(surface, frame);
    drawTriangles(kernel, surface.positions, surface.texels, surface.still, surface.blended, 'plate');
    drawTriangles(kernel, surface.positions, surface.texels, surface.still, surface.triangles);
    pixels.set(kernel.frame);
    shadeSkin(out, surface, frame.pose.scale, shadow);
    for (const eye of eyes) drawEye(out, eye, surface, coverage, frame.pose.scale);
    measureAperture(INNER_LIPS, surface.positions, 2, lips);
    const change = Math.abs(lips.gap - mouth.gap) + 0.5 * Math.abs(lips.length - mouth.width);
    const fade = Math.max(
      smoothstep(change / frame.pose.scale / FADE.closed - 0.25) * (1 - parted),
      smoothstep(lipsMoved(surface.expression) / FADE.open - 0.25) * parted,
    );
    if (fade === 0) return;
    widenAperture(lips, Math.min(MOST_WIDENED, WIDENED * lips.gap));
    const opened = smoothstep(lips.gap / frame.pose.scale / RIMS_FROM);
    const rims = fade * Math.max(parted, opened);
    drawMouth(out, mouth.interior, placeMouth(surface, source.neutral), lips, {
      scale: frame.pose.scale,
      width: lips.length / mouth.width,
      fade,
      rims,
      seam: rims * (1 - smoothstep(lips.gap / frame.pose.scale / SEAM_GAP)),
      inside: frame.inside,
    });
  };
  return {
    kind: 'mesh',
    render,
    [Symbol.dispose]: () => {
      disposed = true;
    },
  } satisfies Renderer;
};

/** Mean way of the inner lips within the head, U. @param expression `[N × 3]`, U. */
function lipsMoved(expression: Float32Array): number {
  let sum = 0;
  for (const v of [...INNER_LIPS.upper, ...INNER_LIPS.lower])
    sum += Math.hypot(expression[v * 3]!, expression[v * 3 + 1]!);
  return sum / (2 * INNER_LIPS.upper.length);
}

/** The person taken apart from the background, where there is a matte. */
function personLayer(photo: RgbaImage, { keypoints }: SourceTick, { matte, backdrop }: RendererOptions) {
  invariant(matte !== undefined || (backdrop ?? 'own') === 'own', 'another background needs a matte');
  return matte && takePersonApart(photo, matte.alpha, coverSourceFace(keypoints), backdrop);
}

function packed({ data }: RgbaImage): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, FRAME_SIZE * FRAME_SIZE);
}

/** The photo at the frame's size: a crop of twice the size is reduced, each pixel the mean of four. */
function fitPhoto(crop: RgbaImage): RgbaImage {
  const ratio = crop.width / FRAME_SIZE;
  invariant(crop.width === crop.height && (ratio === 1 || ratio === 2), `crop is ${crop.width} × ${crop.height}`);
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  for (let y = 0; y < FRAME_SIZE; y++) {
    for (let x = 0; x < FRAME_SIZE; x++) {
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let k = 0; k < ratio * ratio; k++) {
          const i = (y * ratio + Math.floor(k / ratio)) * crop.width + x * ratio + (k % ratio);
          sum += crop.data[i * 4 + c]!;
        }
        data[(y * FRAME_SIZE + x) * 4 + c] = c === 3 ? 255 : sum / (ratio * ratio);
      }
    }
  }
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}
