/** Volume of the convex hull of a few points in space. */

type Point = readonly [number, number, number];

/** Points this close to a plane lie on it, in units of the extent of all points. */
const FLAT = 1e-9;

/**
 * The sum of pyramids from the centre over the faces of the hull.
 * @param points `[K × 3]`; K is small: every plane through three of them is tried.
 * @returns 0 if all points lie in one plane.
 */
export function hullVolume(points: ArrayLike<number>): number {
  const all: Point[] = [];
  for (let i = 0; i < points.length; i += 3) all.push([points[i]!, points[i + 1]!, points[i + 2]!]);
  const mean = (axis: 0 | 1 | 2) => all.reduce((sum, point) => sum + point[axis], 0) / all.length;
  const centre: Point = [mean(0), mean(1), mean(2)];
  const near = FLAT * Math.max(...all.map((point) => size(minus(point, centre))));
  const faces = new Set<string>(); // by the points on them: a face of more than three is met several times
  let volume = 0;
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 1; j < all.length; j++) {
      for (let k = j + 1; k < all.length; k++) {
        const normal = unit(cross(minus(all[j]!, all[i]!), minus(all[k]!, all[i]!)));
        if (normal === undefined) continue;
        const heights = all.map((point) => dot(normal, minus(point, all[i]!)));
        if (heights.some((height) => height > near) && heights.some((height) => height < -near)) continue;
        const flat = all.filter((_, n) => Math.abs(heights[n]!) <= near);
        const name = flat.join(';');
        if (faces.has(name)) continue;
        faces.add(name);
        volume += (polygonArea(flat, normal) * Math.abs(dot(normal, minus(centre, all[i]!)))) / 3;
      }
    }
  }
  return volume;
}

/** Area of the convex hull of points in a plane. @param normal of length 1. */
function polygonArea(points: readonly Point[], normal: Point): number {
  const u = unit(minus(points.find((point) => size(minus(point, points[0]!)) > 0)!, points[0]!))!;
  const v = cross(normal, u);
  const flat = points.map((point) => [dot(point, u), dot(point, v)] as const);
  flat.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (sorted: typeof flat) => {
    const hull: (readonly [number, number])[] = [];
    for (const point of sorted) {
      while (hull.length >= 2 && turn(hull.at(-2)!, hull.at(-1)!, point) <= 0) hull.pop();
      hull.push(point);
    }
    return hull.slice(0, -1);
  };
  const border = [...chain(flat), ...chain(flat.toReversed())];
  const twice = border.reduce((sum, [x, y], n) => {
    const [nextX, nextY] = border[(n + 1) % border.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function turn(a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function minus(a: Point, b: Point): Point {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function size(a: Point): number {
  return Math.sqrt(dot(a, a));
}

function unit(a: Point): Point | undefined {
  const length = size(a);
  return length > 0 ? [a[0] / length, a[1] / length, a[2] / length] : undefined;
}
