import { INNER_LIPS } from '../face/canonical-mesh.ts';
import type { FaceRegion } from '../face/face-region.ts';
import type { RgbaImage } from '../image.ts';
import { clampUnit } from '../math/smoothstep.ts';
import type { SourceTick } from '../motion/motion-space.ts';
import { type Aperture, createAperture, measureAperture } from './aperture.ts';
import { cutWindow } from './clip-window-pixels.ts';
import { type Coverage, coverPolygon, createCoverage } from './coverage.ts';
import { createHeadSurface } from './head-surface.ts';
import { fadeLayer, type Layer, overlayLayer } from './mouth-layers.ts';
import { type MouthPlane, placeMouth } from './mouth-plane.ts';
import { luma, type PhotoTone, type Rgb, readPhotoTone } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';
import { prepareMouth, type SourceMouth } from './source-mouth.ts';

/** A mouth open less than this shows too little of its lower half to be kept, U. */
const OWN_FLOOR_GAP = 0.09;
/** Upper teeth are seen this far below the lip at most, U: 11 mm; what follows are the lower ones, over which they close. */
const MOST_CROWN = 0.12;
/** Upper teeth are at least so bright beside the skin; what is darker is the palate behind them. */
const TEETH_LIGHT = 0.7;
const SHADE = 0.85;
/** Share of the opening that teeth take where they show, and where only the tips of the lower ones do. */
const TEETH_SHARE = 1 / 3;
const FEW_TEETH_SHARE = 0.1;
/** Teeth are looked for so far below the upper lip; a mouth open this far shows them apart, U. */
const TOOTH_ROOM = 0.06;
const WELL_OPEN = 0.16;
/** A mouth open less than this shows no teeth, U. */
const OWN_TEETH_GAP = 0.045;
/** The lower part of the opening that goes with the jaw begins here, as a share of its height, and is whole there. */
const FLOOR_FROM = 0.42;
const FLOOR_TO = 0.6;

/** What a clip tells of the mouth's inside and the light, read off one frame and used for all. */
export interface ClipMouth {
  readonly mouth: SourceMouth;
  readonly tone: PhotoTone;
  /**
   * How well it shows teeth: brightness of the brighter pixels close under the upper lip over that of the skin, times how
   * far the mouth is open, up to 1; 0 for a closed mouth. Closed rows of teeth are as bright as parted ones and tell less.
   */
  readonly teeth: number;
}

/**
 * Reads the mouth off the clip's frame that shows most of it: teeth and tongue that are seen there are kept, the rest is
 * painted in their colour. What is above goes with the skull, what is below with the jaw.
 * @param picture the whole frame. @param source its face, in pixels of the window at 512 × 512.
 */
export function readClipMouth(picture: RgbaImage, window: FaceRegion, source: SourceTick): ClipMouth {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  cutWindow(picture, window, data);
  const photo: RgbaImage = { width: FRAME_SIZE, height: FRAME_SIZE, data };
  const tone = readPhotoTone(photo, source.keypoints);
  const surface = createHeadSurface(source);
  const plane = placeMouth(surface, source.neutral);
  const lips = createAperture(INNER_LIPS.upper.length);
  measureAperture(INNER_LIPS, surface.source, 2, lips);
  const { scale } = source.pose;
  const isOpen = lips.gap >= OWN_TEETH_GAP * scale;
  const light = isOpen ? luma(brightPart(photo, lips, TOOTH_ROOM * scale, TEETH_SHARE)) / luma(tone.skin) : 0;
  const teeth = light * Math.min(1, lips.gap / (WELL_OPEN * scale));
  const upper =
    isOpen && light < TEETH_LIGHT
      ? { mostCrown: 0, colour: shaded(brightPart(photo, lips, lips.gap, FEW_TEETH_SHARE)) }
      : { mostCrown: MOST_CROWN };
  const mouth = prepareMouth(photo, tone, surface.source, plane, scale, upper);
  if (lips.gap < OWN_FLOOR_GAP * scale) return { mouth, tone, teeth };
  const lowerTeeth = keepFloor(mouth.interior.lowerTeeth, photo, lips, plane);
  return { mouth: { ...mouth, interior: { ...mouth.interior, lowerTeeth } }, tone, teeth };
}

/** Upper teeth that never show lie in the lip's shadow: darker than the lower ones, which do. */
function shaded([r, g, b]: Rgb): Rgb {
  return [r * SHADE, g * SHADE, b * SHADE];
}

/** A colour of the opening that only `share` of it exceeds in brightness. @param room below the upper lip, pixels. */
function brightPart(photo: RgbaImage, lips: Aperture, room: number, share: number): Rgb {
  const coverage = createCoverage(FRAME_SIZE * FRAME_SIZE);
  if (!coverPolygon(lips.outline, lips.pointCount, coverage)) return [0, 0, 0];
  const colours: Rgb[] = [];
  for (const [i, span] of columnSpans(coverage).entries()) {
    if (span === undefined) continue;
    for (let y = span[0] + 1; y < Math.min(span[1], span[0] + room); y++) {
      const p = (y * FRAME_SIZE + coverage.left + i) * 4;
      colours.push([photo.data[p]!, photo.data[p + 1]!, photo.data[p + 2]!]);
    }
  }
  colours.sort((a, b) => luma(a) - luma(b));
  return colours[Math.floor((1 - share) * colours.length)] ?? [0, 0, 0];
}

/** Puts the lower half of the opening, as the photo shows it, in the place of the painted teeth of the jaw. */
function keepFloor(layer: Layer, photo: RgbaImage, lips: Aperture, plane: MouthPlane): Layer {
  const coverage = createCoverage(FRAME_SIZE * FRAME_SIZE);
  if (!coverPolygon(lips.outline, lips.pointCount, coverage)) return layer;
  const spans = columnSpans(coverage);
  const determinant = plane.xx * plane.yy - plane.xy * plane.yx;
  /** The photo's place behind one of the layer, how far it is from the corners, and the opening's rows there. */
  const seenAt = (x: number, y: number) => {
    const u = x + plane.jawX - plane.x0;
    const v = y + plane.jawY - plane.y0;
    const px = (plane.yy * u - plane.xy * v) / determinant;
    const py = (plane.xx * v - plane.yx * u) / determinant;
    const i = Math.floor(px) - coverage.left;
    const span = spans[i];
    if (span === undefined || span[1] - span[0] < 4) return undefined;
    return { px, py, span, known: clampUnit(Math.min(i, coverage.width - 1 - i) / 4) * clampUnit(span[1] - py - 1) };
  };
  const painted = fadeLayer(layer, (x, y) => 1 - (seenAt(x, y)?.known ?? 0));
  return overlayLayer(painted, (x, y) => {
    const seen = seenAt(x, y);
    if (seen === undefined) return [0, 0, 0, 0];
    const { px, py, span, known } = seen;
    const down = (py - span[0]) / (span[1] - span[0]);
    const cover = clampUnit((down - FLOOR_FROM) / (FLOOR_TO - FLOOR_FROM)) * known;
    return cover > 0 ? [...colourAt(photo, px, py), cover] : [0, 0, 0, 0];
  });
}

/** First row and row after the last of the opening in each column, pixels. */
function columnSpans({ left, top, width, height, values }: Coverage): (readonly [number, number] | undefined)[] {
  return Array.from({ length: left < 0 ? 0 : width }, (_, i) => {
    let from = -1;
    let to = -1;
    for (let j = 0; j < height; j++) {
      if (values[j * width + i]! < 0.5) continue;
      if (from < 0) from = top + j;
      to = top + j + 1;
    }
    return from < 0 ? undefined : [from, to];
  });
}

function colourAt({ data }: RgbaImage, x: number, y: number): readonly [number, number, number] {
  const sx = Math.min(FRAME_SIZE - 1.001, Math.max(0, x - 0.5));
  const sy = Math.min(FRAME_SIZE - 1.001, Math.max(0, y - 0.5));
  const p = (Math.floor(sy) * FRAME_SIZE + Math.floor(sx)) * 4;
  const q = p + FRAME_SIZE * 4;
  const fx = sx - Math.floor(sx);
  const fy = sy - Math.floor(sy);
  const at = (c: number): number => {
    const upper = data[p + c]! + fx * (data[p + 4 + c]! - data[p + c]!);
    return upper + fy * (data[q + c]! + fx * (data[q + 4 + c]! - data[q + c]!) - upper);
  };
  return [at(0), at(1), at(2)];
}
