import type { DrivenFrame, SourceTick } from '../motion/motion-space.ts';
import { carryBrowHair, carryCreases, clearBrows } from './brow-clearance.ts';
import { farToNear } from './depth-order.ts';
import { coverFace } from './face-cover.ts';
import { type FaceTopology, subdivideFace } from './face-topology.ts';
import { dampRelief } from './head-relief.ts';
import { createHeadTransform, enterHeadFrame, type HeadTransform } from './head-transform.ts';
import { layOuterRings, type OuterRings } from './outer-rings.ts';
import { sortByMatte } from './person-triangles.ts';
import { TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';
import { holdSpectacles } from './spectacle-frame.ts';

/** A vertex that moved less than this is at rest, pixels. */
const STILL = 0.02;

/** Share of the head's way that the body goes. */
const BODY_SHARE = 0.2;
/** The place of the head whose way that is, head frame, U: behind the nose base. */
const BODY_LEAD = [0, 0, 0.3] as const;

/** Farthest the person moves, U (.53 in a lively joyful voice at head motion 2): background from there on is not drawn. */
const FARTHEST = 0.55;

const KEYPOINTS = 478;

/** Landmarks that are mesh vertices. */
const CANONICAL = 468;

/**
 * The moving surface of one source: face, hair, neck and background in one watertight mesh. Vertices: 468 canonical ones,
 * their edges' ones, the rings'. Positions are the source's plus a displacement, so that K_d = K_s moves nothing at all.
 */
export interface HeadSurface {
  readonly topology: FaceTopology;
  readonly rings: OuterRings;
  readonly vertexCount: number;
  /** Place in the source `[N × 2]`, pixels. */
  readonly source: Float32Array;
  /** Place in the head frame, depth damped `[faceVertices × 3]`, U. */
  readonly head: Float32Array;
  /** Share of the expression that each vertex keeps `[faceVertices]`; undefined where all keep all. */
  readonly free: Float32Array | undefined;
  /** Sample of the texture `[N × 2]`. */
  readonly texels: Float32Array;
  /** Triangles that hide all behind them, in drawing order: rings from outside, then the face from far to near. */
  readonly triangles: Uint16Array;
  /** Triangles of the rings to be drawn before over the background: none without a matte. */
  readonly blended: Uint16Array;
  readonly sourceTransform: Float64Array;
  readonly sourceKeypointsInHead: Float32Array;
  /** Of the last frame: place `[N × 2]`, pixels … */
  readonly positions: Float32Array;
  /** … expression in the head frame `[faceVertices × 3]`, U … */
  readonly expression: Float32Array;
  /** … which vertices rest `[N]` … */
  readonly still: Uint8Array;
  /** … the head transform, its rows [M | t], and K_d in the head frame `[478 × 3]`. */
  readonly headTransform: HeadTransform;
  readonly transform: Float64Array;
  readonly keypointsInHead: Float32Array;
}

let sharedTopology: FaceTopology | undefined;

/** The pixels that the face of a source covers: see `coverFace`. @param keypoints K_s `[478 × 3]`, pixels. */
export function coverSourceFace(keypoints: Float32Array): Uint8Array {
  const topology = (sharedTopology ??= subdivideFace());
  const { places } = placeFace(topology, keypoints, keypoints);
  return coverFace(topology.triangles, places);
}

/** What is known of the source besides its landmarks. */
export interface HeadSurfaceOptions {
  /** The person's matte `[512²]`. */
  readonly alpha?: Uint8Array | undefined;
  /** Whether the skin around the eyes is held: see `holdSpectacles`. @default false */
  readonly spectacles?: boolean | undefined;
}

/** Lays the surface over the source. */
export function createHeadSurface(source: SourceTick, { alpha, spectacles }: HeadSurfaceOptions = {}): HeadSurface {
  const topology = (sharedTopology ??= subdivideFace());
  const transform = createHeadTransform();
  const sourceKeypointsInHead = new Float32Array(KEYPOINTS * 3);
  enterHeadFrame(source.pose, source.keypoints, transform, sourceKeypointsInHead);
  const sourceTransform = transform.rows.slice();
  const relief = dampRelief(sourceKeypointsInHead, sourceTransform, source.pose.scale, CANONICAL);
  const { places, head: skin } = placeFace(topology, source.keypoints, relief);
  const frame = spectacles === true ? holdSpectacles(skin) : undefined;
  const head = frame?.head ?? skin;
  const { scale } = source.pose;
  const rings = layOuterRings(
    topology.border,
    places,
    head,
    sourceTransform,
    scale,
    topology.vertexCount,
    alpha !== undefined,
  );
  const vertexCount = topology.vertexCount + rings.count;
  const sourcePlaces = new Float32Array(vertexCount * 2);
  sourcePlaces.set(places);
  sourcePlaces.set(rings.source, topology.vertexCount * 2);
  const sorted = alpha && sortByMatte(rings.triangles, sourcePlaces, alpha, FARTHEST * scale);
  return {
    topology,
    rings,
    vertexCount,
    source: sourcePlaces,
    head,
    free: frame?.free,
    texels: sourcePlaces.map((p) => Math.min(TEXTURE_SIZE - 2, Math.max(0, 2 * (p - 0.5 + TEXTURE_MARGIN)))),
    triangles: orderTriangles(topology, sorted?.opaque ?? rings.triangles, head),
    blended: sorted?.blended ?? new Uint16Array(),
    sourceTransform,
    sourceKeypointsInHead,
    positions: sourcePlaces.slice(),
    expression: new Float32Array(topology.vertexCount * 3),
    still: new Uint8Array(vertexCount).fill(1),
    transform: transform.rows,
    headTransform: transform,
    keypointsInHead: sourceKeypointsInHead.slice(),
  };
}

/** Moves the surface to a driven frame: x = x_s + (M_d − M_s) x_head + M_d e + t_d − t_s, e the expression's displacement in the head frame. */
export function moveHeadSurface(surface: HeadSurface, frame: DrivenFrame): void {
  enterHeadFrame(frame.pose, frame.keypoints, surface.headTransform, surface.keypointsInHead);
  const { topology, rings, head, expression, source, positions, still } = surface;
  const d = surface.transform;
  const s = surface.sourceTransform;
  spreadExpression(surface);
  const faceCount = topology.vertexCount;
  const m00 = d[0]! - s[0]!;
  const m01 = d[1]! - s[1]!;
  const m02 = d[2]! - s[2]!;
  const tx = d[3]! - s[3]!;
  const m10 = d[4]! - s[4]!;
  const m11 = d[5]! - s[5]!;
  const m12 = d[6]! - s[6]!;
  const ty = d[7]! - s[7]!;
  const bodyX = BODY_SHARE * (m00 * BODY_LEAD[0] + m01 * BODY_LEAD[1] + m02 * BODY_LEAD[2] + tx);
  const bodyY = BODY_SHARE * (m10 * BODY_LEAD[0] + m11 * BODY_LEAD[1] + m12 * BODY_LEAD[2] + ty);
  for (let v = 0; v < surface.vertexCount; v++) {
    const inFace = v < faceCount;
    const ring = v - faceCount;
    const from = inFace ? head : rings.head;
    const at = (inFace ? v : ring) * 3;
    const x = from[at]!;
    const y = from[at + 1]!;
    const z = from[at + 2]!;
    const rigid = inFace ? 1 : rings.rigid[ring]!;
    const e = (inFace ? v : topology.border[ring % topology.border.length]!) * 3;
    const body = inFace ? 0 : rings.body[ring]!;
    const share = inFace ? 1 : rings.expression[ring]!;
    const ex = expression[e]! * share;
    const ey = expression[e + 1]! * share;
    const ez = expression[e + 2]! * share;
    const dx = rigid * (m00 * x + m01 * y + m02 * z + tx) + body * bodyX + d[0]! * ex + d[1]! * ey + d[2]! * ez;
    const dy = rigid * (m10 * x + m11 * y + m12 * z + ty) + body * bodyY + d[4]! * ex + d[5]! * ey + d[6]! * ez;
    const rests = Math.abs(dx) < STILL && Math.abs(dy) < STILL;
    still[v] = rests ? 1 : 0;
    positions[v * 2] = source[v * 2]! + (rests ? 0 : dx);
    positions[v * 2 + 1] = source[v * 2 + 1]! + (rests ? 0 : dy);
  }
}

/** e at the canonical vertices from K_d, and at the edge vertices by their stencils. */
function spreadExpression(surface: HeadSurface): void {
  const { expression, keypointsInHead, sourceKeypointsInHead, free } = surface;
  const { stencil, weights, vertexCount, ends } = surface.topology;
  const canonical = vertexCount - ends.length / 2;
  for (let i = 0; i < canonical * 3; i++) expression[i] = keypointsInHead[i]! - sourceKeypointsInHead[i]!;
  carryCreases(expression);
  clearBrows(expression, sourceKeypointsInHead);
  for (let v = canonical; v < vertexCount; v++) {
    const at = (v - canonical) * 4;
    for (let axis = 0; axis < 3; axis++) {
      expression[v * 3 + axis] =
        weights[at]! * expression[stencil[at]! * 3 + axis]! +
        weights[at + 1]! * expression[stencil[at + 1]! * 3 + axis]! +
        weights[at + 2]! * expression[stencil[at + 2]! * 3 + axis]! +
        weights[at + 3]! * expression[stencil[at + 3]! * 3 + axis]!;
    }
  }
  carryBrowHair(expression, surface.topology.between);
  if (free !== undefined) for (let i = 0; i < expression.length; i++) expression[i]! *= free[Math.floor(i / 3)]!;
}

function placeFace(topology: FaceTopology, keypoints: Float32Array, inHead: Float32Array) {
  const { ends, vertexCount } = topology;
  const canonical = vertexCount - ends.length / 2;
  const places = new Float32Array(vertexCount * 2);
  const head = new Float32Array(vertexCount * 3);
  for (let v = 0; v < vertexCount; v++) {
    const a = v < canonical ? v : ends[(v - canonical) * 2]!;
    const b = v < canonical ? v : ends[(v - canonical) * 2 + 1]!;
    for (let axis = 0; axis < 2; axis++) {
      places[v * 2 + axis] = (keypoints[a * 3 + axis]! + keypoints[b * 3 + axis]!) / 2;
    }
    for (let axis = 0; axis < 3; axis++) {
      head[v * 3 + axis] = (inHead[a * 3 + axis]! + inHead[b * 3 + axis]!) / 2;
    }
  }
  return { places, head };
}

function orderTriangles(topology: FaceTopology, rings: Uint16Array, head: Float32Array): Uint16Array {
  const { triangles } = topology;
  const order = farToNear(triangles, head);
  const out = new Uint16Array(rings.length + triangles.length);
  out.set(rings);
  for (const [i, t] of order.entries()) out.set(triangles.subarray(t * 3, t * 3 + 3), rings.length + i * 3);
  return out;
}
