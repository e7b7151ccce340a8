import { PLACES } from '../face/canonical-mesh.ts';
import { clampUnit, smoothstep } from '../math/smoothstep.ts';
import { BULGES, type Bulge, CREASES, type Crease, type SkinMovement } from './creases.ts';
import type { HeadSurface } from './head-surface.ts';
import type { Rgb } from './photo-tone.ts';
import { FRAME_SIZE } from './renderer.ts';

/** The shade is worked out at every second pixel and interpolated. */
const CELL = 2;
const CELLS = FRAME_SIZE / CELL + 1;
/** Shadows on skin are red: what comes out of it there has gone further. How much less than s a channel changes. */
const REDDENS = [0.34, 0, -0.12] as const;
/** Saturation of skin in white light; a grey picture has grey shadows. */
const SKIN_SATURATION = 0.3;
/** Most the skin darkens. */
const DARKEST = -0.45;
/** Less than this is not seen. */
const FAINT = 0.004;
/** Highlights fade where a channel is this near to white, 0–255. */
const HEADROOM = 50;
/** Longest path, points. */
const MAX_POINTS = Math.max(...CREASES.map(({ path }) => path.length / 2));
/** A fold's shadow reaches this many of its widths, and away from the bulge is this much wider. */
const REACH = 4;
const OPEN_SIDE = 1.7;

/** s at the cells `[CELLS²]`, 0 between frames, and the cells that are not. */
const shade = new Float32Array(CELLS * CELLS);
const dirty = { left: CELLS, top: CELLS, right: -1, bottom: -1 };
/** Segments of the current path: start, way, and 1 over its square, pixels. */
const segments = new Float64Array(MAX_POINTS * 5);

/**
 * Shades the skin of the current expression: brightness × (1 + s), so that the skin's texture stays; s is the sum of folds
 * and bulges. Those of the source's own expression are in the photo already; only what is added counts.
 *
 * @source Liu, Shan & Zhang 2001, "Expressive expression mapping with ratio images": expression changes a face by a ratio of
 * brightness besides its geometry. Theirs is taken from photos of an actor, ours is drawn.
 * @param scale pixels per U. @param shadow see `shadowOf`.
 */
export function shadeSkin(frame: Uint8ClampedArray, surface: HeadSurface, scale: number, shadow: Rgb): void {
  for (const fold of CREASES) {
    const amount = amountOf(fold, surface.expression);
    if (amount > 0) addCrease(fold, surface.positions, scale, amount);
  }
  for (const patch of BULGES) {
    const amount = amountOf(patch, surface.expression);
    if (amount > 0) addBulge(patch, surface, amount);
  }
  if (dirty.right >= dirty.left) applyShade(frame, shadow);
}

/** Share of s by which each channel of a skin darkens. */
export function shadowOf(skin: Rgb): Rgb {
  const brightest = Math.max(...skin, 1);
  const coloured = clampUnit((brightest - Math.min(...skin)) / brightest / SKIN_SATURATION);
  return [1 - REDDENS[0] * coloured, 1 - REDDENS[1] * coloured, 1 - REDDENS[2] * coloured];
}

/** How far a movement has gone, 0–1, smoothly. */
function amountOf({ movers, chin, axis, from, full }: SkinMovement, expression: Float32Array): number {
  let way = chin === undefined ? 0 : -chin * expression[PLACES.chin * 3 + axis]!;
  for (const v of movers) way += expression[v * 3 + axis]! / movers.length;
  return smoothstep((way - from) / (full - from));
}

function addCrease(fold: Crease, positions: Float32Array, scale: number, amount: number): void {
  const count = fold.path.length / 2;
  const width = fold.width * scale;
  let [minX, minY, maxX, maxY] = [FRAME_SIZE, FRAME_SIZE, 0, 0];
  for (let i = 0; i < count; i++) {
    const a = fold.path[i * 2]! * 2;
    const b = fold.path[i * 2 + 1]! * 2;
    const x = (positions[a]! + positions[b]!) / 2;
    const y = (positions[a + 1]! + positions[b + 1]!) / 2;
    segments[i * 5] = x;
    segments[i * 5 + 1] = y;
    if (i > 0) finishSegment((i - 1) * 5, x, y);
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  const reach = REACH * width;
  const depth = fold.depth * amount;
  const [left, right] = [cellFrom(minX - reach), cellTo(maxX + reach)];
  const [top, bottom] = [cellFrom(minY - reach), cellTo(maxY + reach)];
  note(left, top, right, bottom);
  for (let j = top; j <= bottom; j++) {
    for (let i = left; i <= right; i++) {
      shade[j * CELLS + i]! += depth * foldAt(i * CELL, j * CELL, count - 1, width, fold.bulge);
    }
  }
}

function finishSegment(at: number, endX: number, endY: number): void {
  const dx = endX - segments[at]!;
  const dy = endY - segments[at + 1]!;
  segments[at + 2] = dx;
  segments[at + 3] = dy;
  segments[at + 4] = 1 / (dx * dx + dy * dy + 1e-9);
}

/** −1 on the line, a little light on the bulge, 0 afar and at both ends. */
function foldAt(x: number, y: number, count: number, width: number, bulge: number): number {
  let nearest = REACH * REACH * width * width;
  let side = 0;
  let along = -1;
  for (let i = 0; i < count; i++) {
    const at = i * 5;
    const dx = segments[at + 2]!;
    const dy = segments[at + 3]!;
    const px = x - segments[at]!;
    const py = y - segments[at + 1]!;
    const way = (px * dx + py * dy) * segments[at + 4]!;
    const t = Math.max(0, Math.min(1, way));
    const ex = px - t * dx;
    const ey = py - t * dy;
    const square = ex * ex + ey * ey;
    if (square >= nearest) continue;
    nearest = square;
    side = dy * px - dx * py;
    along = (i + t) / count;
  }
  if (along < 0) return 0;
  const distance = Math.sqrt(nearest) / width;
  const ends = smoothstep(Math.min(along, 1 - along) / 0.3) * Math.min(1, REACH - distance);
  const hangs = side * bulge > 0;
  const across = bulge === 0 || hangs ? distance : distance / OPEN_SIDE;
  const fall = 1 + 0.7 * across * across;
  const dark = 1 / (fall * fall);
  const off = (distance - 2) / 1.1;
  const lit = bulge === 0 ? 0.2 : hangs ? 0.3 : 0;
  return ends * ((lit / (1 + off * off * off * off)) * Math.min(1, distance) * (1 - dark) - dark);
}

/** Adds gain · (1 − r²)² with r = 1 on the ellipse, which lies in the head frame. */
function addBulge({ middle, width, height, gain }: Bulge, surface: HeadSurface, amount: number): void {
  const { positions, transform: m } = surface;
  let [x0, y0] = [0, 0];
  for (const v of middle) {
    x0 += positions[v * 2]! / middle.length;
    y0 += positions[v * 2 + 1]! / middle.length;
  }
  const determinant = m[0]! * m[5]! - m[1]! * m[4]!;
  const [xx, xy] = [m[5]! / determinant / width, -m[1]! / determinant / width];
  const [yx, yy] = [-m[4]! / determinant / height, m[0]! / determinant / height];
  const reachX = Math.hypot(m[0]! * width, m[1]! * height);
  const reachY = Math.hypot(m[4]! * width, m[5]! * height);
  const [left, right] = [cellFrom(x0 - reachX), cellTo(x0 + reachX)];
  const [top, bottom] = [cellFrom(y0 - reachY), cellTo(y0 + reachY)];
  note(left, top, right, bottom);
  for (let j = top; j <= bottom; j++) {
    const dy = j * CELL - y0;
    for (let i = left; i <= right; i++) {
      const dx = i * CELL - x0;
      const u = xx * dx + xy * dy;
      const v = yx * dx + yy * dy;
      const rest = 1 - u * u - v * v;
      if (rest > 0) shade[j * CELLS + i]! += gain * amount * rest * rest;
    }
  }
}

/** Brings the shade into the frame, bilinear between cells (four pixels each), and clears it. */
function applyShade(frame: Uint8ClampedArray, shadow: Rgb): void {
  const { left, top, right, bottom } = dirty;
  for (let j = top; j < bottom; j++) {
    for (let i = left; i < right; i++) {
      const k = j * CELLS + i;
      const s00 = shade[k]!;
      const s10 = shade[k + 1]!;
      const s01 = shade[k + CELLS]!;
      const s11 = shade[k + CELLS + 1]!;
      if (Math.abs(s00) + Math.abs(s10) + Math.abs(s01) + Math.abs(s11) < 4 * FAINT) continue;
      const p = (j * FRAME_SIZE + i) * CELL * 4;
      shadePixel(frame, p, (9 * s00 + 3 * s10 + 3 * s01 + s11) / 16, shadow);
      shadePixel(frame, p + 4, (3 * s00 + 9 * s10 + s01 + 3 * s11) / 16, shadow);
      shadePixel(frame, p + 4 * FRAME_SIZE, (3 * s00 + s10 + 9 * s01 + 3 * s11) / 16, shadow);
      shadePixel(frame, p + 4 * FRAME_SIZE + 4, (s00 + 3 * s10 + 3 * s01 + 9 * s11) / 16, shadow);
    }
  }
  for (let j = top; j <= bottom; j++) shade.fill(0, j * CELLS + left, j * CELLS + right + 1);
  [dirty.left, dirty.top, dirty.right, dirty.bottom] = [CELLS, CELLS, -1, -1];
}

function shadePixel(frame: Uint8ClampedArray, p: number, amount: number, shadow: Rgb): void {
  const s = Math.max(DARKEST, amount);
  if (s < 0) {
    frame[p] = frame[p]! * (1 + shadow[0] * s);
    frame[p + 1] = frame[p + 1]! * (1 + shadow[1] * s);
    frame[p + 2] = frame[p + 2]! * (1 + shadow[2] * s);
    return;
  }
  for (let c = p; c < p + 3; c++) frame[c] = frame[c]! * (1 + s * Math.min(1, (255 - frame[c]!) / HEADROOM));
}

function cellFrom(pixel: number): number {
  return Math.min(CELLS - 1, Math.max(0, Math.floor(pixel / CELL)));
}

function cellTo(pixel: number): number {
  return Math.min(CELLS - 1, Math.max(0, Math.ceil(pixel / CELL)));
}

function note(left: number, top: number, right: number, bottom: number): void {
  dirty.left = Math.min(dirty.left, left);
  dirty.top = Math.min(dirty.top, top);
  dirty.right = Math.max(dirty.right, right);
  dirty.bottom = Math.max(dirty.bottom, bottom);
}
