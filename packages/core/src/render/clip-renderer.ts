import { INNER_LIPS, LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import type { FaceRegion } from '../face/face-region.ts';
import type { RgbaImage } from '../image.ts';
import { smoothstep } from '../math/smoothstep.ts';
import type { DrivenFrame, SourceTick } from '../motion/motion-space.ts';
import { APERTURE_COLUMNS, type Aperture, createAperture, measureAperture } from './aperture.ts';
import { borrowedEye, type ClipEyes } from './clip-eyes.ts';
import type { ClipMouth } from './clip-mouth.ts';
import { cutWindow, pasteWindow } from './clip-window-pixels.ts';
import { createCoverage } from './coverage.ts';
import { drawEye, prepareEye } from './eye.ts';
import { createHeadSurface, type HeadSurface, moveHeadSurface } from './head-surface.ts';
import { drawMouth, type MouthInterior } from './mouth-interior.ts';
import type { Layer } from './mouth-layers.ts';
import { placeMouth } from './mouth-plane.ts';
import { createPatchKernel } from './patch-kernel.ts';
import { type Rgb, readSkin } from './photo-tone.ts';
import { drawTriangles } from './rasteriser.ts';
import { FRAME_SIZE } from './renderer.ts';
import { createSpanKernel } from './span-kernel.ts';
import type { PixelRect } from './texture-patch.ts';

/** Room around the moved vertices for splines and filters, pixels. */
const ROOM = 4;
/** Lids and irises that moved less than this are the frame's own, U. */
const EYES_REST = 0.0008;
/** An opening narrower than the first is left to the frame; from the second on the painted mouth shows alone, U. */
const OPEN_FROM = 0.006;
const OPEN_TO = 0.036;

/** Bounds of how much brighter or darker than in the frame it was read from the mouth is drawn. */
const LEAST_GAIN = 0.25;
const MOST_GAIN = 4;

/** How far the painted inside reaches over the rims where an open mouth is closed, and how far open that is, U. */
const FRINGE = 0.008;
const FRINGE_FROM_GAP = 0.06;
/** In a shout landmarks err by more: so much of what the mouth is open beyond that. */
const FRINGE_OF_SHOUT = 0.05;
const SHOUT_GAP = 0.1;

/** The lips' rims cover what the frame has beside an opening of this, U: a filmed lip line, a corner that was elsewhere. */
const RIMS_FROM = 0.03;
/** Lips closer than the first hide everything; from the second on what is behind them shows, U. */
const SHUT_TO = 0.008;
const SHUT_FROM = 0.03;
/** Draws dubbed frames of one clip: each frame is its own photo. */
export interface ClipRenderer {
  /**
   * Redraws what the driven face moves and leaves every other pixel as it is.
   * @param picture the whole frame, changed in place. @param source the face as the frame shows it and
   * @param driven as it shall be, both in pixels of the window at 512 × 512.
   * @returns the changed part of the window, empty when nothing moved
   */
  draw(picture: RgbaImage, window: FaceRegion, source: SourceTick, driven: DrivenFrame): Readonly<PixelRect>;
}

/**
 * Renderer of a clip: each frame is redrawn in its own pixels where the motion differs from its own.
 * @param eyes needed where filmed blinks are opened.
 */
export function createClipRenderer({ mouth, tone }: ClipMouth, eyes?: ClipEyes): ClipRenderer {
  const kernel = createSpanKernel();
  const interpolate = createPatchKernel();
  const drawn = new Uint8ClampedArray(kernel.frame.buffer, kernel.frame.byteOffset, kernel.frame.length * 4);
  const photo: RgbaImage = { width: FRAME_SIZE, height: FRAME_SIZE, data: new Uint8ClampedArray(drawn.length) };
  const coverage = createCoverage(FRAME_SIZE * FRAME_SIZE);
  const ownLips = createAperture(INNER_LIPS.upper.length);
  const lips = createAperture(INNER_LIPS.upper.length);

  const seam = closedMouth(mouth.interior);

  const drawInside = (surface: HeadSurface, source: SourceTick, driven: DrivenFrame): void => {
    const { scale } = driven.pose;
    measureAperture(INNER_LIPS, surface.source, 2, ownLips);
    measureAperture(INNER_LIPS, surface.positions, 2, lips);
    const change = Math.abs(lips.gap - ownLips.gap) + 0.5 * Math.abs(lips.length - ownLips.length);
    const { gap } = lips;
    const amount = Math.max(change, gap) / scale;
    const fade = smoothstep((amount - OPEN_FROM) / (OPEN_TO - OPEN_FROM));
    const parted =
      smoothstep(ownLips.gap / (FRINGE_FROM_GAP * scale)) * (1 - smoothstep(gap / (FRINGE_FROM_GAP * scale)));
    const shout = Math.max(0, ownLips.gap - SHOUT_GAP * scale);
    coverFringe(lips, (FRINGE * scale + FRINGE_OF_SHOUT * shout) * parted);
    if (fade === 0) return;
    const gain = lightGain(readSkin(photo, source.keypoints), tone.skin);
    const shut = 1 - smoothstep((gap / scale - SHUT_TO) / (SHUT_FROM - SHUT_TO));
    drawMouth(drawn, mouth.interior, placeMouth(surface, source.neutral), lips, {
      scale,
      width: lips.length / restWidth(source),
      fade,
      rims: fade * Math.max(parted, smoothstep(gap / (RIMS_FROM * scale))),
      seam: fade * parted * shut,
      inside: driven.inside,
      gain,
    });
    if (shut > 0)
      drawMouth(drawn, seam, placeMouth(surface, source.neutral), lips, {
        scale,
        width: 1,
        fade: fade * shut,
        rims: 0,
        gain,
      });
  };

  return {
    draw(picture, window, source, driven) {
      const surface = createHeadSurface(source);
      moveHeadSurface(surface, driven);
      const rect = movedRect(surface);
      if (rect.right <= rect.left || rect.bottom <= rect.top) return rect;
      cutWindow(picture, window, photo.data);
      drawn.set(photo.data);
      interpolate(photo.data, rect, kernel.texture);
      const drawnEyes = eyesMoved(surface)
        ? [RIGHT_EYE, LEFT_EYE].map((rows) => {
            const borrowed = eyes && borrowedEye(eyes, rows, surface, driven.pose.scale);
            if (borrowed !== undefined) return borrowed;
            return { eye: prepareEye(photo, kernel.texture, rows, source.keypoints, tone, source.pose.scale), surface };
          })
        : [];
      drawTriangles(kernel, surface.positions, surface.texels, surface.still, surface.triangles);
      for (const { eye, surface: from } of drawnEyes) drawEye(drawn, eye, from, coverage, driven.pose.scale);
      drawInside(surface, source, driven);
      pasteWindow(picture, window, photo.data, drawn, rect);
      return rect;
    },
  };
}

/**
 * Widens an opening by `room` pixels, less towards its corners, so that the frame's own teeth at the rims, where landmarks
 * err by a pixel, stay behind the lips.
 */
function coverFringe(lips: Aperture, room: number): void {
  const half = lips.pointCount / 2;
  for (let i = 0; i < lips.pointCount; i++) {
    const along = (i < half ? i : lips.pointCount - i) / half;
    const way = (i < half ? -1 : 1) * room * Math.sin(Math.PI * along);
    lips.outline[i * 2]! -= lips.axisY * way;
    lips.outline[i * 2 + 1]! += lips.axisX * way;
  }
  for (let c = 0; c <= APERTURE_COLUMNS; c++) {
    const way = room * Math.sin((Math.PI * c) / APERTURE_COLUMNS);
    lips.upper[c]! -= way;
    lips.lower[c]! += way;
  }
}

/** The rectangle of all vertices that moved and of their neighbours, where they were and where they are. */
function movedRect({ source, positions, still, triangles }: HeadSurface): PixelRect {
  let [left, top, right, bottom] = [FRAME_SIZE, FRAME_SIZE, 0, 0];
  for (let t = 0; t < triangles.length; t += 3) {
    if (still[triangles[t]!]! + still[triangles[t + 1]!]! + still[triangles[t + 2]!]! === 3) continue;
    for (let k = t; k < t + 3; k++) {
      const v = triangles[k]! * 2;
      left = Math.min(left, source[v]!, positions[v]!);
      right = Math.max(right, source[v]!, positions[v]!);
      top = Math.min(top, source[v + 1]!, positions[v + 1]!);
      bottom = Math.max(bottom, source[v + 1]!, positions[v + 1]!);
    }
  }
  return {
    left: Math.max(0, Math.floor(left) - ROOM),
    top: Math.max(0, Math.floor(top) - ROOM),
    right: Math.min(FRAME_SIZE, Math.ceil(right) + ROOM),
    bottom: Math.min(FRAME_SIZE, Math.ceil(bottom) + ROOM),
  };
}

function eyesMoved({ expression, keypointsInHead, sourceKeypointsInHead }: HeadSurface): boolean {
  for (const { margin, iris } of [RIGHT_EYE, LEFT_EYE]) {
    for (const v of [...margin.upper, ...margin.lower]) if (Math.abs(expression[v * 3 + 1]!) > EYES_REST) return true;
    for (let i = iris[0] * 3; i < iris[0] * 3 + 2; i++) {
      if (Math.abs(keypointsInHead[i]! - sourceKeypointsInHead[i]!) > EYES_REST) return true;
    }
  }
  return false;
}

/** Nothing but the lips' own colour between them. */
function closedMouth(mouth: MouthInterior): MouthInterior {
  const nothing: Layer = { ...mouth.tongue, samples: new Uint32Array(mouth.tongue.samples.length) };
  const middle = 8 * (APERTURE_COLUMNS >> 1) + 4;
  const cavity: Rgb = [mouth.rim[middle]!, mouth.rim[middle + 1]!, mouth.rim[middle + 2]!];
  return { ...mouth, cavity, upperTeeth: nothing, lowerTeeth: nothing, tongue: nothing };
}

/** Light of a frame over that of another, by their skin. */
function lightGain(now: Rgb, then: Rgb): Rgb {
  const of = (c: 0 | 1 | 2) => Math.min(MOST_GAIN, Math.max(LEAST_GAIN, now[c] / Math.max(1, then[c])));
  return [of(0), of(1), of(2)];
}

/** Width of the closed mouth, pixels. */
function restWidth({ neutral, pose }: SourceTick): number {
  const [a, b] = [INNER_LIPS.upper[0]! * 3, INNER_LIPS.upper.at(-1)! * 3];
  return pose.scale * Math.hypot(neutral[a]! - neutral[b]!, neutral[a + 1]! - neutral[b + 1]!);
}
