import { smoothstep } from '../math/smoothstep.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Places of the rings between the face's border (0) and the outermost ring (1), which lies beyond the frame. */
const RING_FRACTIONS = [0.06, 0.14, 0.24, 0.36, 0.5, 0.68, 0.84, 1] as const;

/** Depth of the head's pivot behind the nose base, U. */
const PIVOT_DEPTH = 0.85;

/** How far the head's own motion reaches beyond the face's border, U: above (hair), beside, below (neck). */
const REACH = { above: 1.5, beside: 1.1, below: 0.75 } as const;

/** How far expression reaches beyond the border, U (1/e): beside and above, below (the chin pushes the neck). */
const EXPRESSION_REACH = { above: 0.3, beside: 0.3, below: 0.42 } as const;

/** With a matte: below the chin the head's motion passes into the body's within so much, U. */
const NECK = 0.85;
/** Lowest vertex of the chin. */
const CHIN = 152;
/**
 * Rings of vertices around the face out to the frame: hair, neck and background, in one watertight mesh with the face.
 * Vertex k · border.length + i continues border vertex i on ring k.
 */
export interface OuterRings {
  readonly count: number;
  /** Place in the source `[count × 2]`, pixels. */
  readonly source: Float32Array;
  /** Place in the head frame `[count × 3]`, U; depth slides from the border's toward the pivot's. */
  readonly head: Float32Array;
  /** Share of the head's own motion `[count]`, 0–1. */
  readonly rigid: Float32Array;
  /** Share of the body's motion `[count]`, 0–1. */
  readonly body: Float32Array;
  /** Share of the border vertex's expression `[count]`, 0–1. */
  readonly expression: Float32Array;
  /** Triangles `[… × 3]`, counter-clockwise to the viewer, outermost first; ring vertices start at `firstVertex`. */
  readonly triangles: Uint16Array;
}

/**
 * Lays the rings around the face's border of the source.
 * @param border indices of the border vertices, in order, counter-clockwise to the viewer.
 * @param places `[N × 2]` pixels of the source.
 * @param heads `[N × 3]` the same vertices in the head frame, U.
 * @param transform head frame to picture, rows of [M | t] `[12]`.
 * @param firstVertex index of the first ring vertex.
 * @param layered whether a matte tells the person from the background: then all hair goes with the head and shoulders with the
 * body, and the background, which is not drawn from the mesh, does not count; otherwise motion dies out around the head.
 */
export function layOuterRings(
  border: Uint16Array,
  places: Float32Array,
  heads: Float32Array,
  transform: Float64Array,
  scale: number,
  firstVertex: number,
  layered: boolean,
): OuterRings {
  const sides = border.length;
  const count = sides * RING_FRACTIONS.length;
  const source = new Float32Array(count * 2);
  const head = new Float32Array(count * 3);
  const rigid = new Float32Array(count);
  const body = new Float32Array(count);
  const expression = new Float32Array(count);
  const angles = monotoneAngles(border, places);
  const perU2 = 1 / (scale * scale);
  const chin = heads[CHIN * 3 + 1]!;
  const downLength = Math.hypot(transform[1]!, transform[5]!) || 1;
  for (let i = 0; i < sides; i++) {
    const v = border[i]!;
    const dirX = Math.cos(angles[i]!);
    const dirY = Math.sin(angles[i]!);
    const toFrame = Math.max(distanceToFrame(places[v * 2]!, places[v * 2 + 1]!, dirX, dirY), 1);
    const along = (dirX * transform[1]! + dirY * transform[5]!) / downLength;
    const reach = Math.min(toFrame, scale * between(REACH, along));
    const width = scale * between(EXPRESSION_REACH, along);
    for (let k = 0; k < RING_FRACTIONS.length; k++) {
      const vertex = k * sides + i;
      const distance = RING_FRACTIONS[k]! * (toFrame * 1.25 + 8);
      const dx = dirX * distance;
      const dy = dirY * distance;
      source[vertex * 2] = places[v * 2]! + dx;
      source[vertex * 2 + 1] = places[v * 2 + 1]! + dy;
      const slide = Math.min(0.8, (1.6 * distance) / scale);
      const depth = heads[v * 3 + 2]! + perU2 * (transform[2]! * dx + transform[6]! * dy);
      head[vertex * 3] = heads[v * 3]! + perU2 * (transform[0]! * dx + transform[4]! * dy);
      head[vertex * 3 + 1] = heads[v * 3 + 1]! + perU2 * (transform[1]! * dx + transform[5]! * dy);
      head[vertex * 3 + 2] = depth + (PIVOT_DEPTH - depth) * slide;
      if (!layered) rigid[vertex] = fall(distance / reach);
      else {
        const ofHead = 1 - smoothstep((head[vertex * 3 + 1]! - chin) / NECK);
        rigid[vertex] = ofHead;
        body[vertex] = 1 - ofHead;
      }
      expression[vertex] = Math.exp(-((distance / width) ** 2)) * fall(distance / Math.min(toFrame, 2.5 * width));
    }
  }
  return { count, source, head, rigid, body, expression, triangles: ringTriangles(border, firstVertex) };
}

/** Value for a direction: `along` = 1 toward the chin, −1 toward the top of the head. */
function between(reach: { above: number; beside: number; below: number }, along: number): number {
  return reach.beside + (along > 0 ? (reach.below - reach.beside) * along : (reach.above - reach.beside) * -along);
}

/** 1 at 0, 0 from 1 on, flat at both ends. */
function fall(t: number): number {
  if (t >= 1) return 0;
  return 1 - t * t * (3 - 2 * t);
}

/**
 * Directions of the rays: those of the border vertices from their centre, forced to turn one way, so that rays of a border
 * which doubles back (a face in profile) do not cross.
 */
function monotoneAngles(border: Uint16Array, places: Float32Array): Float64Array {
  const sides = border.length;
  let centreX = 0;
  let centreY = 0;
  for (const v of border) {
    centreX += places[v * 2]! / sides;
    centreY += places[v * 2 + 1]! / sides;
  }
  const angles = new Float64Array(sides);
  for (let i = 0; i < sides; i++) {
    const v = border[i]! * 2;
    angles[i] = Math.atan2(places[v + 1]! - centreY, places[v]! - centreX);
    if (i === 0) continue;
    while (angles[i]! > angles[i - 1]! + Math.PI) angles[i]! -= 2 * Math.PI;
    while (angles[i]! < angles[i - 1]! - Math.PI) angles[i]! += 2 * Math.PI;
  }
  const turn = -2 * Math.PI;
  const floor = angles.slice();
  const ceiling = angles.slice();
  for (let i = 1; i < sides; i++) floor[i] = Math.min(floor[i]!, floor[i - 1]! - 1e-3);
  ceiling[sides - 1] = Math.max(ceiling[sides - 1]!, angles[0]! + turn + 1e-3);
  for (let i = sides - 2; i >= 0; i--) ceiling[i] = Math.max(ceiling[i]!, ceiling[i + 1]! + 1e-3);
  for (let i = 0; i < sides; i++) angles[i] = (floor[i]! + ceiling[i]!) / 2;
  return angles;
}

/** Distance from a point to the frame along a unit direction, pixels; 0 for points outside. */
function distanceToFrame(x: number, y: number, dirX: number, dirY: number): number {
  const tx = dirX > 0 ? (FRAME_SIZE - x) / dirX : dirX < 0 ? -x / dirX : Number.POSITIVE_INFINITY;
  const ty = dirY > 0 ? (FRAME_SIZE - y) / dirY : dirY < 0 ? -y / dirY : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(tx, ty));
}

function ringTriangles(border: Uint16Array, firstVertex: number): Uint16Array {
  const sides = border.length;
  const rings = RING_FRACTIONS.length;
  const out = new Uint16Array(sides * rings * 6);
  let at = 0;
  for (let k = rings - 1; k >= 0; k--) {
    for (let i = 0; i < sides; i++) {
      const next = (i + 1) % sides;
      const inner = k === 0 ? border[i]! : firstVertex + (k - 1) * sides + i;
      const innerNext = k === 0 ? border[next]! : firstVertex + (k - 1) * sides + next;
      const outer = firstVertex + k * sides + i;
      const outerNext = firstVertex + k * sides + next;
      out.set([inner, outer, outerNext, inner, outerNext, innerNext], at);
      at += 6;
    }
  }
  return out;
}
