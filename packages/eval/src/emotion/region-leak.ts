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
  type PairedRows,
  RIGHT_BROW,
  RIGHT_EYE,
} from '@pctalk/core';

/** How far an emotion confined to half of the face moves the other half, as a share of what it moves its own. */
export interface RegionLeak {
  readonly emotion: Emotion;
  /** Lips moved by the upper face's emotion, against brows, lids and cheeks. */
  readonly upperToLips: number;
  /** Brows and lids moved by the lower face's emotion. */
  readonly lowerToBrows: number;
}

const rowsOf = (...rows: readonly PairedRows[]) => rows.flatMap(({ upper, lower }) => [...upper, ...lower]);
const LIPS = rowsOf(OUTER_LIPS, INNER_LIPS);
/** Below the eyes: they belong to the upper face, as AU6 does. */
const CHEEKS = [50, 101, 118, 119, 280, 330, 347, 348];
const BROWS = rowsOf(LEFT_BROW, RIGHT_BROW, LEFT_EYE.margin, RIGHT_EYE.margin);

/** Measures every emotion at full intensity on the canonical face: mean distance that landmarks move. */
export function measureRegionLeak(basis: MeshBasis): RegionLeak[] {
  const source = createCanonicalSource(basis);
  const space = createMeshMotionSpace(basis);
  const none = new Float32Array(COEFFICIENT_COUNT);
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const rest = space.compose(source, { lips: none, emotion: none, life: none, ...still }).keypoints.slice();
  const emotion = new Float32Array(COEFFICIENT_COUNT);
  return EMOTIONS.filter((name) => name !== 'neutral').map((name) => {
    const share = (region: 'upper_face' | 'lower_face', other: readonly number[], own: readonly number[]) => {
      emotionOffset([{ emotion: name, region, intensity: 1 }], emotion);
      const { keypoints } = space.compose(source, { lips: none, emotion, life: none, ...still });
      return moved(rest, keypoints, other) / moved(rest, keypoints, own);
    };
    return {
      emotion: name,
      upperToLips: share('upper_face', LIPS, [...BROWS, ...CHEEKS]),
      lowerToBrows: share('lower_face', BROWS, LIPS),
    };
  });
}

function moved(before: Float32Array, after: Float32Array, vertices: readonly number[]): number {
  let sum = 0;
  for (const v of vertices) sum += Math.hypot(after[v * 3]! - before[v * 3]!, after[v * 3 + 1]! - before[v * 3 + 1]!);
  return sum / vertices.length;
}
