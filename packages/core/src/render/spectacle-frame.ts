import { LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import { smoothstep } from '../math/smoothstep.ts';

/** Half axes of the eye opening, within which lids move freely, and how far the frame is from it, in such half axes. */
const EYE = { width: 0.18, height: 0.095, fade: 0.3 } as const;
/** From the middle of an eye: inside the first nothing but the lids moves, outside the second everything, U. */
const HELD = { inside: 0.42, outside: 0.62 } as const;
/** The front of the frame ends here beside the nose and the arms go back from it, U. */
const FRONT = { inside: 0.52, outside: 0.64 } as const;

/** How spectacles hold a face. */
export interface SpectacleFrame {
  /** Share of its expression that each vertex keeps `[N]`, 0–1. */
  readonly free: Float32Array;
  /** Places in the head frame, the front of the frame as flat as glass `[N × 3]`, U. */
  readonly head: Float32Array;
}

/**
 * Lets the skin around the eyes go with the head as one piece, so that the rims drawn on it keep their shape; lids move
 * inside them.
 * @param head places in the head frame `[N × 3]`, U: 468 canonical vertices first.
 */
export function holdSpectacles(head: Float32Array): SpectacleFrame {
  const eyes = [RIGHT_EYE, LEFT_EYE].map(({ margin }) => middleOf([...margin.upper, ...margin.lower], head));
  const count = head.length / 3;
  const free = new Float32Array(count);
  const front = new Float32Array(count);
  for (let v = 0; v < count; v++) {
    const [x, y] = [head[v * 3]!, head[v * 3 + 1]!];
    let lid = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [eyeX, eyeY] of eyes) {
      const reach = Math.hypot((x - eyeX) / EYE.width, (y - eyeY) / EYE.height);
      lid = Math.max(lid, 1 - smoothstep((reach - 1) / EYE.fade));
      nearest = Math.min(nearest, Math.hypot(x - eyeX, y - eyeY));
    }
    const beyond = smoothstep((nearest - HELD.inside) / (HELD.outside - HELD.inside));
    free[v] = Math.max(lid, beyond);
    front[v] = (1 - free[v]!) * (1 - smoothstep((Math.abs(x) - FRONT.inside) / (FRONT.outside - FRONT.inside)));
  }
  return { free, head: flattened(head, front) };
}

function middleOf(vertices: readonly number[], head: Float32Array): readonly [number, number] {
  let [x, y] = [0, 0];
  for (const v of vertices) {
    x += head[v * 3]! / vertices.length;
    y += head[v * 3 + 1]! / vertices.length;
  }
  return [x, y];
}

/** Depths brought to the plane z = a + b y through them, by weight; the face is symmetric in x. */
function flattened(head: Float32Array, weight: Float32Array): Float32Array {
  let [n, sumY, sumZ, sumYy, sumYz] = [0, 0, 0, 0, 0];
  for (const [v, w] of weight.entries()) {
    const [y, z] = [head[v * 3 + 1]!, head[v * 3 + 2]!];
    n += w;
    sumY += w * y;
    sumZ += w * z;
    sumYy += w * y * y;
    sumYz += w * y * z;
  }
  const slope = (n * sumYz - sumY * sumZ) / (n * sumYy - sumY * sumY);
  const start = (sumZ - slope * sumY) / n;
  const out = head.slice();
  for (const [v, w] of weight.entries()) {
    out[v * 3 + 2]! += w * (start + slope * head[v * 3 + 1]! - head[v * 3 + 2]!);
  }
  return out;
}
