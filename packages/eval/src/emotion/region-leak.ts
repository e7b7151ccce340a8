import {
  COEFFICIENT_COUNT,
  createCanonicalSource,
  createMeshMotionSpace,
  EMOTIONS,
  type Emotion,
  emotionOffset,
  INNER_LIPS,
  LEFT_BROW,
  LEFT_EYE,
  type MeshBasis,
  OUTER_LIPS,
  REGION_SIDES,
  type Region,
  type RegionSide,
  RIGHT_BROW,
  RIGHT_EYE,
} from '@pctalk/core';

/** How far an emotion confined to a region moves the rest of the face, as a share of what it moves the region. */
export interface RegionLeak {
  readonly region: RegionSide;
  /** Share moved of the regions elsewhere on the face; NaN where there is none. */
  readonly elsewhere: number;
  /** Share moved of the same region on the other side, 0.14 U and more from the midline; NaN without side. */
  readonly otherSide: number;
  /** The emotion that leaks most. */
  readonly worst: Emotion;
}

const PARTS = {
  brows: [LEFT_BROW, RIGHT_BROW].flatMap(({ upper, lower }) => [...upper, ...lower]),
  eyes: [LEFT_EYE.margin, RIGHT_EYE.margin].flatMap(({ upper, lower }) => [...upper, ...lower]),
  lips: [OUTER_LIPS, INNER_LIPS].flatMap(({ upper, lower }) => [...upper, ...lower]),
  /** They lie on the border: raised by the eyes' AU6, pushed up by the mouth's AU12. */
  cheeks: [50, 101, 118, 119, 280, 330, 347, 348],
};
type Part = keyof typeof PARTS;
const ELSEWHERE = ['brows', 'eyes', 'lips'] as const;
const HAS: Readonly<Record<Exclude<Region, 'all'>, readonly Part[]>> = {
  lips: ['lips'],
  eyes: ['eyes', 'cheeks'],
  brows: ['brows'],
  upper_face: ['eyes', 'cheeks', 'brows'],
  lower_face: ['lips'],
};
/** Half width of the border between left and right, U, and the least movement of a region that counts, U. */
const MIDDLE = 0.14;
const STILL = 0.005;

/** Measures every region and side under every emotion at full intensity, on the canonical face; the worst emotion counts. */
export function measureRegionLeak(basis: MeshBasis): RegionLeak[] {
  const source = createCanonicalSource(basis);
  const space = createMeshMotionSpace(basis);
  const none = new Float32Array(COEFFICIENT_COUNT);
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const rest = space.compose(source, { lips: none, emotion: none, life: none, ...still }).keypoints.slice();
  const emotion = new Float32Array(COEFFICIENT_COUNT);
  const onSide = (vertices: readonly number[], side: string | undefined) =>
    side === undefined
      ? vertices
      : vertices.filter((v) => (side === 'left' ? 1 : -1) * source.neutral[v * 3]! > MIDDLE);
  return REGION_SIDES.filter((region) => !region.startsWith('all')).map((region) => {
    const [name, side] = region.split('.') as [Exclude<Region, 'all'>, string | undefined];
    const own = HAS[name].flatMap((part) => PARTS[part]);
    const others = ELSEWHERE.filter((part) => !HAS[name].includes(part));
    const opposite = side === undefined ? undefined : side === 'left' ? 'right' : 'left';
    let worst: RegionLeak = { region, elsewhere: 0, otherSide: 0, worst: 'neutral' };
    for (const felt of EMOTIONS) {
      emotionOffset([{ emotion: felt, region, intensity: 1 }], emotion);
      const { keypoints } = space.compose(source, { lips: none, emotion, life: none, ...still });
      const way = (vertices: readonly number[]) => moved(rest, keypoints, vertices) / source.pose.scale;
      const driven = way(onSide(own, side));
      if (driven < STILL) continue;
      const elsewhere = Math.max(...others.map((part) => way(onSide(PARTS[part], side)))) / driven;
      const otherSide = opposite === undefined ? Number.NaN : way(onSide(own, opposite)) / driven;
      if (Math.max(elsewhere, otherSide || 0) >= Math.max(worst.elsewhere, worst.otherSide || 0)) {
        worst = { region, elsewhere, otherSide, worst: felt };
      }
    }
    return worst;
  });
}

function moved(before: Float32Array, after: Float32Array, vertices: readonly number[]): number {
  let sum = 0;
  for (const v of vertices) sum += Math.hypot(after[v * 3]! - before[v * 3]!, after[v * 3 + 1]! - before[v * 3 + 1]!);
  return sum / vertices.length;
}
