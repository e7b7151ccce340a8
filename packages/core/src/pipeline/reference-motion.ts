import { LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import type { Performance } from '../formats/performance.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import { clampUnit } from '../math/smoothstep.ts';
import { COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { estimateNeutral } from '../motion/estimate-neutral.ts';
import { EYEBALL_RADIUS } from '../motion/eye-motion.ts';
import type { MeshBasis } from '../motion/mesh-basis.ts';
import type { Gaze } from '../motion/motion-space.ts';
import { createMotionTracker } from '../motion/motion-tracker.ts';
import { clipFrameAt, type WhenShort } from './frame-order.ts';
import type { HeadRotation } from './head-motion.ts';
import { BLINK_CLOSURE } from './open-eyes.ts';
import { neutralFrames, pointsAt } from './track-frames.ts';

/** Head rotation, blinks and gaze borrowed from a clip, one value a frame: `performance.motion`. */
export type ReferenceMotion = NonNullable<Performance['motion']>;

/** Curves of a reference, in the order they are written. */
const CURVES = ['pitch', 'yaw', 'roll', 'blink', 'gazeYaw', 'gazePitch'] as const;
/** Behind lids closed further than this the iris is guessed. */
const GUESSED_FROM = 0.3;
/** Seconds over which the head goes from the source's own pose into the reference's. */
const FADE_IN = 0.8;
/** A head turns by this much at most, approached smoothly, radians: further, a photo of the front has nothing to show. */
const MOST_TURN = 0.35;

/**
 * Reads the motion off a tracked clip: rotations and gaze relative to their medians over the clip, lid closure relative to
 * open eyes. Where the face is lost, and for the gaze where lids are down, values go straight across.
 */
export function readReferenceMotion(track: SourceTrack, basis: MeshBasis): ReferenceMotion {
  const neutral = estimateNeutral(neutralFrames(track));
  const tracker = createMotionTracker(basis, neutral);
  const curves = Object.fromEntries(CURVES.map((name) => [name, new Array<number>(track.frameCount).fill(Number.NaN)]));
  for (let f = 0; f < track.frameCount; f++) {
    if (track.seen[f] !== 1) continue;
    const { pose, head, coefficients } = tracker.track(pointsAt(track, f));
    const lids = (coefficients[COEFFICIENT_INDEX.eyeBlinkLeft]! + coefficients[COEFFICIENT_INDEX.eyeBlinkRight]!) / 2;
    const gaze = lids < GUESSED_FROM ? gazeOf(head, neutral) : { yaw: Number.NaN, pitch: Number.NaN };
    const blink = clampUnit((lids - BLINK_CLOSURE.from) / (BLINK_CLOSURE.to - BLINK_CLOSURE.from));
    const values = [pose.pitch, pose.yaw, pose.roll, blink, gaze.yaw, gaze.pitch];
    for (const [i, name] of CURVES.entries()) curves[name]![f] = values[i]!;
  }
  const written = CURVES.map((name) => {
    const whole = bridge(name === 'roll' ? unwrap(curves[name]!) : curves[name]!);
    const rest = name === 'blink' ? 0 : median(whole);
    return [name, whole.map((x) => Math.round((x - rest) * 1e4) / 1e4)] as const;
  });
  return { fps: track.fps, ...Object.fromEntries(written) } as ReferenceMotion;
}

/** Angles without the jump from π to −π, which the roll of a face that stands on its head passes back and forth. */
function unwrap(angles: readonly number[]): number[] {
  const first = angles.find((angle) => !Number.isNaN(angle)) ?? 0;
  return angles.map((angle) => angle - 2 * Math.PI * Math.round((angle - first) / (2 * Math.PI)));
}

/** What the reference does in a frame of the take; past its end it runs back and forth. */
export function referenceMotionAt(
  motion: ReferenceMotion,
  frameIndex: number,
): { readonly head: HeadRotation; readonly blink: number; readonly gaze: Gaze } {
  const n = clipFrameAt(frameIndex, motion.pitch.length, 'ping-pong') ?? 0;
  const fade = Math.min(1, frameIndex / motion.fps / FADE_IN); // the first frame is the picture
  const turn = (angle: number) => fade * MOST_TURN * Math.tanh(angle / MOST_TURN);
  return {
    head: { pitch: turn(motion.pitch[n]!), yaw: turn(motion.yaw[n]!), roll: turn(motion.roll[n]!) },
    blink: fade * motion.blink[n]!,
    gaze: { yaw: fade * motion.gazeYaw[n]!, pitch: fade * motion.gazePitch[n]! },
  };
}

/** Frames of a take that are worked out; past them the motion runs back and forth: half an hour. */
const LONGEST_TAKE = 45_000;

/**
 * What a reference changes in a clip, frame by frame of the take: its head rotation and gaze in place of the clip's own (the
 * difference of the two), its blinks as they are.
 * @param own of the clip, from `readReferenceMotion`.
 */
export function replacingMotion(
  reference: ReferenceMotion,
  own: ReferenceMotion,
  whenShort: WhenShort,
): ReferenceMotion {
  const changed = CURVES.map((name) => {
    const values = Array.from({ length: LONGEST_TAKE }, (_, f) => {
      const there = reference[name][clipFrameAt(f, reference[name].length, 'ping-pong')!]!;
      const here = clipFrameAt(f, own[name].length, whenShort) ?? own[name].length - 1;
      return name === 'blink' ? there : there - own[name][here]!;
    });
    return [name, values] as const;
  });
  return { ...reference, ...Object.fromEntries(changed) };
}

/** How far the irises have turned from their neutral place, mean of both eyes, radians. */
function gazeOf(head: Float32Array, neutral: Float32Array): Gaze {
  const turn = (axis: number) => {
    let way = 0;
    for (const { iris } of [RIGHT_EYE, LEFT_EYE]) way += (head[iris[0] * 3 + axis]! - neutral[iris[0] * 3 + axis]!) / 2;
    return Math.asin(Math.max(-1, Math.min(1, way / EYEBALL_RADIUS)));
  };
  return { yaw: turn(0), pitch: turn(1) };
}

/** Replaces missing values by straight lines between their neighbours. */
function bridge(values: readonly number[]): number[] {
  const known = values.flatMap((x, f) => (Number.isNaN(x) ? [] : [f]));
  if (known.length === 0) return values.map(() => 0);
  let next = 0;
  return values.map((x, f) => {
    if (!Number.isNaN(x)) return x;
    while (next < known.length && known[next]! < f) next++;
    const [a, b] = [known[Math.max(0, next - 1)]!, known[Math.min(known.length - 1, next)]!];
    const along = a === b ? 0 : Math.max(0, Math.min(1, (f - a) / (b - a)));
    return values[a]! + along * (values[b]! - values[a]!);
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
