/** Stitching, eye and lip retargeting, and how open eyes and lips are. */
import type { TensorSession } from '../../tensor-runtime.ts';
import { STITCHING_NETWORKS, type StitchingNetwork } from './stitching.ts';

/** Numbers of 21 keypoints. */
const KEYPOINT_VALUES = 63;
const EPSILON = 1e-6;

/**
 * Fits driven keypoints to the source's shoulders and outline: x_d + offsets, then a shift of all points in x and y.
 * @param source x_s `[21 × 3]`. @param driven x_d `[21 × 3]`. @returns new memory.
 */
export async function stitch(
  source: Float32Array,
  driven: Float32Array,
  session: TensorSession,
): Promise<Float32Array> {
  const change = await perceive('stitching', session, source, driven);
  const shift = [change[KEYPOINT_VALUES]!, change[KEYPOINT_VALUES + 1]!, 0];
  return driven.map((value, i) => value + change[i]! + shift[i % 3]!);
}

/** Offsets `[21 × 3]` of x that open or close both eyes to `target`. @param eyes openness of the source's eyes. */
export async function retargetEyes(
  source: Float32Array,
  eyes: readonly [number, number],
  target: number,
  session: TensorSession,
): Promise<Float32Array> {
  return perceive('eyes', session, source, Float32Array.of(...eyes, target));
}

/** Offsets `[21 × 3]` of x that open or close the lips to `target`. @param lips openness of the source's lips. */
export async function retargetLips(
  source: Float32Array,
  lips: number,
  target: number,
  session: TensorSession,
): Promise<Float32Array> {
  return perceive('lips', session, source, Float32Array.of(lips, target));
}

/** Lips this open are closed before relative motion is added. @source KwaiVGI/LivePortrait (lip_normalize_threshold) */
const LIP_NORMALISE_THRESHOLD = 0.03;

/** Offsets that close the lips of a source that has them open, for relative motion; undefined if they are closed. */
export async function normaliseLips(
  source: Float32Array,
  lips: number,
  session: TensorSession,
): Promise<Float32Array | undefined> {
  return lips < LIP_NORMALISE_THRESHOLD ? undefined : retargetLips(source, lips, 0, session);
}

/** A source video that starts with its eyes less open than this is held at the second number. */
const EYES_OF_VIDEOS = Object.freeze({ threshold: 0.18, otherwise: 0.39 });

/**
 * Openness at which the eyes of a source video are held, for `retargetEyes` on each of its frames: that of its first one.
 * @param first openness of the eyes in the first frame.
 * @source KwaiVGI/LivePortrait src/live_portrait_pipeline.py (flag_source_video_eye_retargeting)
 */
export function steadyEyeTarget(first: readonly [number, number]): number {
  const { threshold, otherwise } = EYES_OF_VIDEOS;
  const mean = (first[0] + first[1]) / 2;
  return mean < threshold ? otherwise : mean;
}

/** Places whose distances tell how open something is: top and bottom over left and right. */
interface Opening {
  readonly height: readonly [number, number];
  readonly width: readonly [number, number];
}

/** The same places among 203 landmarks and among the 478 of the face mesh; eyes from image left to right. */
const OPENINGS: Readonly<Record<203 | 478, { readonly eyes: readonly [Opening, Opening]; readonly lips: Opening }>> = {
  203: {
    eyes: [
      { height: [6, 18], width: [0, 12] },
      { height: [30, 42], width: [24, 36] },
    ],
    lips: { height: [90, 102], width: [48, 66] },
  },
  478: {
    eyes: [
      { height: [159, 145], width: [33, 133] },
      { height: [386, 374], width: [362, 263] },
    ],
    lips: { height: [13, 14], width: [61, 291] },
  },
};

/** Height over width of both eyes, from image left to right, and of the lips. */
export interface FaceOpenness {
  readonly eyes: readonly [number, number];
  readonly lips: number;
}

/** How open eyes and lips are. @param points `[203 × 2]` or `[478 × 3]`. */
export function faceOpenness(points: Float32Array): FaceOpenness {
  const [count, stride] = points.length === 203 * 2 ? ([203, 2] as const) : ([478, 3] as const);
  const distance = ([a, b]: readonly [number, number]) =>
    Math.hypot(points[a * stride]! - points[b * stride]!, points[a * stride + 1]! - points[b * stride + 1]!);
  const ratio = ({ height, width }: Opening) => distance(height) / (distance(width) + EPSILON);
  const { eyes, lips } = OPENINGS[count];
  return { eyes: [ratio(eyes[0]), ratio(eyes[1])], lips: ratio(lips) };
}

async function perceive(
  kind: StitchingNetwork,
  session: TensorSession,
  source: Float32Array,
  rest: Float32Array,
): Promise<Float32Array> {
  const width = STITCHING_NETWORKS[kind].widths[0];
  const data = new Float32Array(width);
  data.set(source);
  data.set(rest, KEYPOINT_VALUES);
  const { output } = await session.run({ input: { dims: [1, width], data } });
  return output!.data as Float32Array;
}
