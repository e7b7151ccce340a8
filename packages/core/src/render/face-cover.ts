import { INNER_LIPS, LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Pixels whose centres lie this near to a triangle count as covered. */
const ROOM = 2;

/** Rows whose vertices lie over one another, with a hole of the mesh between them. */
const HOLES = [INNER_LIPS, RIGHT_EYE.margin, LEFT_EYE.margin];

/**
 * The pixels that the face covers, its eyes and mouth included.
 * @param triangles `[… × 3]`. @param places `[N × 2]`, pixels. @returns 1 where covered `[512²]`, new memory.
 */
export function coverFace(triangles: Uint16Array, places: Float32Array): Uint8Array {
  const out = new Uint8Array(FRAME_SIZE * FRAME_SIZE);
  for (let t = 0; t < triangles.length; t += 3) cover(places, triangles[t]!, triangles[t + 1]!, triangles[t + 2]!, out);
  for (const { upper, lower } of HOLES) {
    for (let i = 0; i + 1 < upper.length; i++) {
      cover(places, upper[i]!, upper[i + 1]!, lower[i]!, out);
      cover(places, upper[i + 1]!, lower[i + 1]!, lower[i]!, out);
    }
  }
  return out;
}

function cover(places: Float32Array, a: number, b: number, c: number, out: Uint8Array): void {
  const corners = [a, b, c].map((v) => [places[v * 2]!, places[v * 2 + 1]!] as const);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const edges = corners.map(([x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % 3]!;
    const length = Math.hypot(nextX - x, nextY - y) || 1;
    return { x, y, alongX: (nextX - x) / length, alongY: (nextY - y) / length };
  });
  const [first, , last] = edges as [(typeof edges)[0], unknown, (typeof edges)[0]];
  const turn = Math.sign(first.alongX * last.alongY - first.alongY * last.alongX);
  const bottom = Math.min(FRAME_SIZE - 1, Math.floor(Math.max(...ys) + ROOM));
  const right = Math.min(FRAME_SIZE - 1, Math.floor(Math.max(...xs) + ROOM));
  for (let row = Math.max(0, Math.ceil(Math.min(...ys) - ROOM)); row <= bottom; row++) {
    for (let column = Math.max(0, Math.ceil(Math.min(...xs) - ROOM)); column <= right; column++) {
      let inside = true;
      for (const { x, y, alongX, alongY } of edges) {
        const across = alongX * (row + 0.5 - y) - alongY * (column + 0.5 - x);
        if (turn * across > ROOM) inside = false;
      }
      if (inside) out[row * FRAME_SIZE + column] = 1;
    }
  }
}
