/** Taking the motion of a driving clip over to a source: absolute, or relative to the clip's first frame. */
import { hullVolume } from './hull-volume.ts';
import { smoothRandomWalk, VIDEO_KALMAN } from './kalman-smoother.ts';
import { IMPLICIT_KEYPOINT_COUNT, REGION_KEYPOINTS } from './keypoints.ts';
import { type ImplicitMotion, multiplyRotations } from './transform.ts';

const X = 0;
const Y = 1;
const Z = 2;
const ALL_AXES = [X, Y, Z];

/**
 * Axes that absolute motion takes from the driving expression; keypoints 0, 7 and 10 and the other axes stay the source's.
 *
 * @source KwaiVGI/LivePortrait src/live_portrait_pipeline.py (absolute motion)
 */
const ABSOLUTE_AXES: ReadonlyMap<number, readonly number[]> = new Map([
  ...[1, 2, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((keypoint) => [keypoint, ALL_AXES] as const),
  [3, [Y]],
  [4, [Y]],
  [5, [Z]],
  [8, [Z]],
  [9, [Y, Z]],
]);

/** Expression and pose of the driving frame, scale of the source; its expression as far as absolute motion takes it. */
export function absoluteMotion(source: ImplicitMotion, driving: ImplicitMotion): ImplicitMotion {
  const expression = source.expression.slice();
  for (const [keypoint, axes] of ABSOLUTE_AXES) {
    for (const axis of axes) expression[keypoint * 3 + axis] = driving.expression[keypoint * 3 + axis]!;
  }
  return { scale: source.scale, rotation: driving.rotation, expression, translation: driving.translation };
}

/**
 * What the driving frame changed since the clip's first frame, on the source:
 * δ = δ_s + (δ_i − δ_0), R = (R_i R_0ᵀ) R_s, s = s_s · s_i / s_0, t = t_s + t_i − t_0.
 */
export function relativeMotion(source: ImplicitMotion, driving: ImplicitMotion, first: ImplicitMotion): ImplicitMotion {
  const change = multiplyTransposed(driving.rotation, first.rotation);
  return {
    scale: (source.scale * driving.scale) / first.scale,
    rotation: multiplyRotations(change, source.rotation),
    expression: source.expression.map((value, i) => value + driving.expression[i]! - first.expression[i]!),
    translation: source.translation.map((value, i) => value + driving.translation[i]! - first.translation[i]!),
  };
}

/** What of the driving motion is taken over: everything, expression, pose, or the expression of lips or eyes alone. */
export const ANIMATION_REGIONS = ['all', 'exp', 'pose', 'lips', 'eyes'] as const;
export type AnimationRegion = (typeof ANIMATION_REGIONS)[number];

/** How driving motion is taken over. */
export interface TransferOptions {
  /** What changed since the first driving frame, on the source; otherwise the driving motion itself. */
  readonly relative: boolean;
  readonly region: AnimationRegion;
  /** Absolute motion takes the whole expression, as PC-Talk does; LivePortrait leaves keypoints 0, 7, 10 and more. */
  readonly exact: boolean;
  /** Smooths expressions and rotations over time where the source is a video. Default: `VIDEO_KALMAN`. */
  readonly smooth?: (frames: readonly Float32Array[]) => readonly Float32Array[];
}

/** LivePortrait's own. @source KwaiVGI/LivePortrait src/config/inference_config.py */
export const TRANSFER_DEFAULTS: TransferOptions = Object.freeze({ relative: true, region: 'all', exact: false });

/**
 * Expression that relative motion from a single driving picture is counted from: lips about to speak.
 * @source KwaiVGI/LivePortrait src/utils/resources/lip_array.pkl (its numbers above 0.0005)
 */
export const NEUTRAL_EXPRESSION: Float32Array = expressionOf({
  7: [-0.00054, 0.00263, 0.00001],
  14: [-0.00083, -0.0018, 0],
  17: [-0.00064, -0.00117, 0.00006],
  19: [0, -0.01509, -0.00255],
  20: [0.00022, 0.00563, 0.00273],
});

function expressionOf(points: Readonly<Record<number, readonly number[]>>): Float32Array {
  const expression = new Float32Array(3 * IMPLICIT_KEYPOINT_COUNT);
  for (const [keypoint, values] of Object.entries(points)) expression.set(values, Number(keypoint) * 3);
  return expression;
}

/**
 * Motion of each frame of a take.
 * @param source one frame of a picture, or as many of a video as frames are wanted.
 * @param driving as many frames, or one of a picture.
 * @returns as many frames as the longer of the two.
 * @source KwaiVGI/LivePortrait src/live_portrait_pipeline.py (execute)
 */
export function transferClip(
  source: readonly ImplicitMotion[],
  driving: readonly ImplicitMotion[],
  options: Partial<TransferOptions> = {},
): ImplicitMotion[] {
  const chosen = { ...TRANSFER_DEFAULTS, ...options };
  const { relative, exact, smooth = smoothVideo } = chosen;
  const count = Math.max(source.length, driving.length);
  const own = (n: number) => source[source.length === 1 ? 0 : n]!;
  const drive = (n: number) => driving[driving.length === 1 ? 0 : n]!;
  const first = driving.length === 1 ? { ...drive(0), expression: NEUTRAL_EXPRESSION } : drive(0);
  const wanted = Array.from({ length: count }, (_, n) => {
    const motion = relative ? relativeMotion(own(n), drive(n), first) : { ...drive(n), scale: own(n).scale };
    return { from: own(n), motion };
  });
  if (source.length === 1) {
    return wanted.map(({ from, motion }) => {
      const whole = relative || exact ? motion : absoluteMotion(from, motion);
      return restrict(from, whole, chosen.region);
    });
  }
  const even = driving.length === 1 ? (frames: readonly Float32Array[]) => frames : smooth;
  const expressions = even(wanted.map(({ motion }) => motion.expression));
  const rotations = even(wanted.map(({ motion }) => motion.rotation));
  return wanted.map(({ from, motion }, n) => {
    const pose = { scale: from.scale, translation: relative ? from.translation : motion.translation };
    const whole = { ...pose, rotation: rotations[n]!, expression: expressions[n]! };
    const taken = exact && !relative ? whole : { ...absoluteMotion(from, whole), ...pose };
    return restrict(from, taken, chosen.region);
  });
}

function smoothVideo(frames: readonly Float32Array[]): Float32Array[] {
  return smoothRandomWalk(frames, VIDEO_KALMAN);
}

/** The part of a motion that a region names, the rest from the source. */
function restrict(source: ImplicitMotion, motion: ImplicitMotion, region: AnimationRegion): ImplicitMotion {
  if (region === 'all') return motion;
  const { rotation, translation } = region === 'pose' ? motion : source;
  let expression = region === 'exp' ? motion.expression : source.expression;
  if (region === 'lips' || region === 'eyes') {
    expression = expression.slice();
    for (const keypoint of REGION_KEYPOINTS[region]) {
      for (let i = keypoint * 3; i < keypoint * 3 + 3; i++) expression[i] = motion.expression[i]!;
    }
  }
  return { scale: source.scale, rotation, translation, expression };
}

/** x_s + (x − x_s) · multiplier. @returns new memory. */
export function multiplyMotion(sourceKeypoints: Float32Array, driven: Float32Array, multiplier: number): Float32Array {
  return driven.map((value, i) => sourceKeypoints[i]! + (value - sourceKeypoints[i]!) * multiplier);
}

/**
 * LivePortrait's "expression-friendly" form of relative motion from a video: what changed since the first driven frame,
 * scaled by the size of the source's keypoints against that frame's, on the source's keypoints.
 * @param factor of `motionFactor`. @returns new memory.
 */
export function expressionFriendly(
  sourceKeypoints: Float32Array,
  driven: Float32Array,
  firstDriven: Float32Array,
  factor: number,
): Float32Array {
  return driven.map((value, i) => (value - firstDriven[i]!) * factor + sourceKeypoints[i]!);
}

/** √(volume of the source's keypoints / volume of the first driven ones), of their convex hulls. */
export function motionFactor(sourceKeypoints: Float32Array, firstDriven: Float32Array): number {
  return Math.sqrt(hullVolume(sourceKeypoints)) / Math.sqrt(hullVolume(firstDriven));
}

/** a · bᵀ. */
function multiplyTransposed(a: Float32Array, b: Float32Array): Float32Array {
  return Float32Array.from({ length: 9 }, (_, i) => {
    const row = i - (i % 3);
    const other = (i % 3) * 3;
    return a[row]! * b[other]! + a[row + 1]! * b[other + 1]! + a[row + 2]! * b[other + 2]!;
  });
}
