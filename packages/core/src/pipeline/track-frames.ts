import { PLACES } from '../face/canonical-mesh.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import type { MotionTracker } from '../motion/motion-tracker.ts';
import { eyeDistance } from './open-eyes.ts';

const ROW = LANDMARK_COUNT * 3;
/** Frames the neutral face is estimated from, spread over the clip. */
const NEUTRAL_FRAMES = 400;
/** A mouth open this far shows its teeth as well as one that is open further, U; cost of a face that is turned away. */
const WIDE_MOUTH = 0.16;
const TURN_COST = 0.5;
/** Cost of a turned face against one whose lids and irises are off their usual place, U per 1 − cos. */
const EYE_TURN_COST = 0.2;
const MOUTH_FRAMES = 4;
const MOUTH_FRAMES_APART = 8;

/** Frames with a face from all over the clip, for `estimateNeutral`. */
export function neutralFrames(track: SourceTrack): Float32Array[] {
  return spreadFrames(track).map((frame) => pointsAt(track, frame));
}

function spreadFrames(track: SourceTrack): number[] {
  const seen = Array.from(track.seen.keys()).filter((f) => track.seen[f] === 1);
  const step = Math.max(1, seen.length / NEUTRAL_FRAMES);
  return Array.from({ length: Math.min(seen.length, NEUTRAL_FRAMES) }, (_, i) => seen[Math.floor(i * step)]!);
}

/** Landmarks of a frame, a view `[478 × 3]`. */
export function pointsAt({ landmarks }: SourceTrack, frame: number): Float32Array {
  return landmarks.subarray(frame * ROW, (frame + 1) * ROW);
}

/** Up to four frames that may show the mouth's inside: widest open (lip gap over the distance of the eye corners) and facing the camera. */
export function findMouthFrames(track: SourceTrack): number[] {
  const free = bareMouths(track);
  const scores: { readonly frame: number; readonly score: number }[] = [];
  for (let frame = 0; frame < track.frameCount; frame++) {
    if (free[frame] !== 1) continue;
    const points = pointsAt(track, frame);
    const unit = between(points, 33, 263, 3);
    const frontal = between(points, 33, 263, 2) / unit;
    const gap = Math.min(WIDE_MOUTH, between(points, PLACES.upperLipInner, PLACES.lowerLipInner, 2) / unit);
    scores.push({ frame, score: gap - TURN_COST * (1 - frontal) });
  }
  const chosen: number[] = [];
  for (const { frame } of scores.sort((a, b) => b.score - a.score)) {
    if (chosen.length === MOUTH_FRAMES) break;
    if (chosen.every((other) => Math.abs(other - frame) >= MOUTH_FRAMES_APART)) chosen.push(frame);
  }
  return chosen;
}

/** 1 where the face is seen with nothing before its mouth `[T]`; where it is seen when there is no such frame. */
function bareMouths({ seen, findings }: SourceTrack): Uint8Array {
  const out = seen.slice();
  for (const { code, from, to } of findings) {
    if (code === 'mouth-passed' || code === 'mouth-covered') out.fill(0, from, to);
  }
  return out.includes(1) ? out : seen;
}

function between(points: Float32Array, a: number, b: number, axes: 2 | 3): number {
  const [x, y] = [points[a * 3]! - points[b * 3]!, points[a * 3 + 1]! - points[b * 3 + 1]!];
  return axes === 2 ? Math.hypot(x, y) : Math.hypot(x, y, points[a * 3 + 2]! - points[b * 3 + 2]!);
}

/** The frame whose lids and irises are most as they usually are. @param neutral of this person `[478 × 3]`, head frame, U. */
export function findEyeFrame(track: SourceTrack, tracker: MotionTracker, neutral: Float32Array): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const frame of spreadFrames(track)) {
    const { head, pose } = tracker.track(pointsAt(track, frame));
    const cost = eyeDistance(head, neutral) + EYE_TURN_COST * (1 - Math.cos(pose.yaw) * Math.cos(pose.pitch));
    if (cost >= least) continue;
    best = frame;
    least = cost;
  }
  return best;
}
