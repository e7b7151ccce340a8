import type { EyeRows, PairedRows } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { type Aperture, createAperture, measureAperture } from './aperture.ts';
import { type Coverage, coverPolygon } from './coverage.ts';
import { cutEyeball, drawEyeball, type Eyeball } from './eyeball.ts';
import { drawEyelid, type Eyelid, LASH_LENGTH, lidFade, readEyelid } from './eyelid.ts';
import type { HeadSurface } from './head-surface.ts';
import type { PhotoTone } from './photo-tone.ts';

/** Columns of an eye's rows, corners included. */
const COLUMNS = 9;

/** The painted lid's upper end: this share of the way from the fold toward the crease above. */
const ABOVE_FOLD = 0.15;

/** Rows into the local places of the lid's area: fold above, end of the lashes below. */
const LID_ROWS: PairedRows = {
  upper: Array.from({ length: COLUMNS }, (_, i) => i),
  lower: Array.from({ length: COLUMNS }, (_, i) => COLUMNS + i),
};

/** An eye is left as the photo has it until lids or gaze have moved this far, U, and drawn whole from the second on. */
const CHANGE_FROM = 0.0008;
const CHANGE_TO = 0.008;

/** One eye of the source and its openings in the current frame. */
export interface Eye {
  readonly rows: EyeRows;
  readonly eyeball: Eyeball;
  readonly eyelid: Eyelid;
  /** Largest gap between the lids in the source, pixels. */
  readonly restGap: number;
  readonly opening: Aperture;
  readonly lidArea: Aperture;
  readonly lidPlaces: Float32Array;
}

/** Prepares an eye. @param keypoints `[478 × 3]`, pixels. @param texture see interpolatePhoto. */
export function prepareEye(
  photo: RgbaImage,
  texture: Int32Array,
  rows: EyeRows,
  keypoints: Float32Array,
  tone: PhotoTone,
  scale: number,
): Eye {
  const opening = createAperture(COLUMNS);
  measureAperture(rows.margin, keypoints, 3, opening);
  return {
    rows,
    eyeball: cutEyeball(texture, rows, opening, keypoints, scale),
    eyelid: readEyelid(photo, rows, keypoints, tone.grain),
    restGap: Math.max(0.01 * scale, opening.gap),
    opening,
    lidArea: createAperture(COLUMNS),
    lidPlaces: new Float32Array(COLUMNS * 4),
  };
}

/** Draws an eye of the current frame over the face: the eyeball behind the lids, then the upper lid. */
export function drawEye(
  frame: Uint8ClampedArray,
  eye: Eye,
  surface: HeadSurface,
  coverage: Coverage,
  scale: number,
): void {
  const { rows, opening } = eye;
  const fade = smoothstep((eyeChange(eye, surface) - CHANGE_FROM) / (CHANGE_TO - CHANGE_FROM));
  if (fade === 0) return;
  measureAperture(rows.margin, surface.positions, 2, opening);
  if (coverPolygon(opening.outline, opening.pointCount, coverage)) {
    const lidWay = eye.restGap - opening.gap;
    drawEyeball(frame, eye.eyeball, placeEyeball(eye, surface, lidWay, fade), opening, coverage);
  }
  const lid = lidFade(1 - opening.gap / eye.restGap);
  if (lid === 0) return;
  placeLid(eye, surface, lid, scale);
  if (coverPolygon(eye.lidArea.outline, eye.lidArea.pointCount, coverage)) {
    drawEyelid(frame, eye.eyelid, eye.lidArea, opening.upper, coverage, scale, lid);
  }
}

/** Largest expression of lids and iris, U. */
function eyeChange(eye: Eye, surface: HeadSurface): number {
  const { expression, keypointsInHead, sourceKeypointsInHead } = surface;
  const iris = eye.rows.iris[0] * 3;
  let most = Math.max(
    Math.abs(keypointsInHead[iris]! - sourceKeypointsInHead[iris]!),
    Math.abs(keypointsInHead[iris + 1]! - sourceKeypointsInHead[iris + 1]!),
  );
  for (let i = 1; i < COLUMNS - 1; i++) {
    most = Math.max(most, Math.abs(expression[eye.rows.margin.upper[i]! * 3 + 1]!));
    most = Math.max(most, Math.abs(expression[eye.rows.margin.lower[i]! * 3 + 1]!));
  }
  return most;
}

/** The eyeball goes with the skull, its iris with K_d. */
function placeEyeball(eye: Eye, surface: HeadSurface, lidWay: number, fade: number) {
  const { head, transform: d, sourceTransform: s, keypointsInHead, sourceKeypointsInHead } = surface;
  const { margin, iris } = eye.rows;
  const right = margin.upper[0]! * 3;
  const left = margin.upper[COLUMNS - 1]! * 3;
  const x = (head[right]! + head[left]!) / 2;
  const y = (head[right + 1]! + head[left + 1]!) / 2;
  const z = (head[right + 2]! + head[left + 2]!) / 2;
  // The middle of the corners in the photo and, moved with the skull alone, in the frame.
  const sourceX = (surface.source[margin.upper[0]! * 2]! + surface.source[margin.upper[COLUMNS - 1]! * 2]!) / 2;
  const sourceY = (surface.source[margin.upper[0]! * 2 + 1]! + surface.source[margin.upper[COLUMNS - 1]! * 2 + 1]!) / 2;
  const frameX = sourceX + (d[0]! - s[0]!) * x + (d[1]! - s[1]!) * y + (d[2]! - s[2]!) * z + d[3]! - s[3]!;
  const frameY = sourceY + (d[4]! - s[4]!) * x + (d[5]! - s[5]!) * y + (d[6]! - s[6]!) * z + d[7]! - s[7]!;
  const determinant = d[0]! * d[5]! - d[1]! * d[4]!;
  const xx = (s[0]! * d[5]! - s[1]! * d[4]!) / determinant;
  const xy = (s[1]! * d[0]! - s[0]! * d[1]!) / determinant;
  const yx = (s[4]! * d[5]! - s[5]! * d[4]!) / determinant;
  const yy = (s[5]! * d[0]! - s[4]! * d[1]!) / determinant;
  const v = iris[0] * 3;
  const gx = keypointsInHead[v]! - sourceKeypointsInHead[v]!;
  const gy = keypointsInHead[v + 1]! - sourceKeypointsInHead[v + 1]!;
  const gz = keypointsInHead[v + 2]! - sourceKeypointsInHead[v + 2]!;
  return {
    xx,
    xy,
    x0: sourceX - xx * frameX - xy * frameY,
    yx,
    yy,
    y0: sourceY - yx * frameX - yy * frameY,
    gazeX: s[0]! * gx + s[1]! * gy + s[2]! * gz,
    gazeY: s[4]! * gx + s[5]! * gy + s[6]! * gz,
    open: Math.min(1, 1 - lidWay / eye.restGap),
    lidWay,
    fade,
  };
}

/** Measures the area between the fold and the end of the lashes; the lashes grow as the lid comes down. */
function placeLid(eye: Eye, surface: HeadSurface, lid: number, scale: number): void {
  const { rows, lidPlaces, lidArea } = eye;
  const { positions, transform } = surface;
  const downLength = Math.hypot(transform[1]!, transform[5]!) || 1;
  const lash = (LASH_LENGTH * scale * lid) / downLength;
  for (let i = 0; i < COLUMNS; i++) {
    const margin = rows.margin.upper[i]! * 2;
    const corner = i === 0 || i === COLUMNS - 1;
    const fold = corner ? margin : rows.lid.upper[i]! * 2;
    const crease = corner ? margin : rows.crease.upper[i]! * 2;
    lidPlaces[i * 2] = positions[fold]! + (positions[crease]! - positions[fold]!) * ABOVE_FOLD;
    lidPlaces[i * 2 + 1] = positions[fold + 1]! + (positions[crease + 1]! - positions[fold + 1]!) * ABOVE_FOLD;
    const hang = corner ? 0 : lash;
    lidPlaces[(COLUMNS + i) * 2] = positions[margin]! + transform[1]! * hang;
    lidPlaces[(COLUMNS + i) * 2 + 1] = positions[margin + 1]! + transform[5]! * hang;
  }
  measureAperture(LID_ROWS, lidPlaces, 2, lidArea);
}
