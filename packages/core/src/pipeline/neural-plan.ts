/** Planning a take of the neural path: which frame of the source is drawn when, and under which keypoints. */
import { PcTalkError } from '../errors.ts';
import type { FaceRegion } from '../face/face-region.ts';
import type { MotionTemplate } from '../formats/motion-template.ts';
import type { Performance } from '../formats/performance.ts';
import type { PortraitMotion } from '../models/liveportrait/liveportrait.ts';
import type { FaceOpenness } from '../models/liveportrait/retargeting.ts';
import type { PersonStyle } from '../models/pctalk/embedding-table.ts';
import {
  type EmotionCondition,
  MENDED_PROFILE,
  type MotionProfile,
  PC_TALK_PROFILE,
  type PcTalkMotion,
  smoothClip,
} from '../models/pctalk/pctalk-motion.ts';
import { pingPong } from '../models/pctalk/style-encoder.ts';
import { ARTICULATIONS, type Articulation, type Emotion, type Region } from '../motion/emotions.ts';
import type { LipControls } from '../motion/implicit/drive-expression.ts';
import { VIDEO_KALMAN } from '../motion/implicit/kalman-smoother.ts';
import { expressionFriendly, motionFactor, transferClip } from '../motion/implicit/transfer-motion.ts';
import { type ImplicitMotion, transformKeypoints } from '../motion/implicit/transform.ts';
import { FPS } from './director.ts';
import { liveMotion } from './neural-life.ts';
import { lastWins, levelAt, resolveSpan, resolveTrack, weightAt } from './timeline.ts';

/** The release as it is, or mended. */
export const NEURAL_PROFILES: Readonly<Record<'default' | 'pc-talk', MotionProfile>> = Object.freeze({
  default: MENDED_PROFILE,
  'pc-talk': PC_TALK_PROFILE,
});
export type NeuralProfile = keyof typeof NEURAL_PROFILES;

/** What is known of one frame of the source. */
export interface NeuralSourceFrame extends PortraitMotion {
  /** The square of the picture that is drawn. */
  readonly region: FaceRegion;
  /** How open eyes and lips are, for retargeting. */
  readonly openness?: FaceOpenness;
}

/** How a source is to move. */
export interface NeuralTake {
  readonly performance: Performance;
  readonly profile: NeuralProfile;
  readonly style: PersonStyle;
  /** Pose and expression to take instead of the source's own. */
  readonly reference?: MotionTemplate | undefined;
  /** Takes from the reference what changed since its first frame, on the source's own pose and expression. */
  readonly relative?: boolean | undefined;
  /**
   * Relative motion of a still, as LivePortrait has it: `expression-friendly` starts every take at the source's own
   * keypoints, `pose-friendly` keeps what the reference and the voice say. @default 'pose-friendly'
   */
  readonly drivingOption?: DrivingOption | undefined;
  /** Frames two windows of the networks share. @default a fifth of a window */
  readonly overlap?: number | undefined;
  /** Row of EMC's person table. @default 0 */
  readonly emotionPerson?: number | undefined;
  /** Smooths predicted emotions over the whole clip. @default false */
  readonly smoothEmotions?: boolean | undefined;
}

/** How relative motion is laid on a still. @source KwaiVGI/LivePortrait src/config/inference_config.py */
export const DRIVING_OPTIONS = ['expression-friendly', 'pose-friendly'] as const;
export type DrivingOption = (typeof DRIVING_OPTIONS)[number];

/** One frame to draw. */
export interface NeuralFrame {
  /** Which frame of the source is drawn. */
  readonly sourceIndex: number;
  /** K_d `[21 × 3]`, before stitching. */
  readonly keypoints: Float32Array;
  /** How open eyes and lips of the reference are, where it says. */
  readonly eyeOpenness?: number | undefined;
  readonly lipOpenness?: number | undefined;
}

/** Plans every frame of a take. @param waveform 16 kHz mono. */
export async function planNeuralFrames(
  motion: PcTalkMotion,
  source: readonly NeuralSourceFrame[],
  waveform: Float32Array,
  take: NeuralTake,
): Promise<NeuralFrame[]> {
  const profile = NEURAL_PROFILES[take.profile];
  const audio = await motion.hear(waveform, profile);
  const order = frameOrder(source.length, audio.length, take.profile);
  const places = referencePlaces(take, order.length);
  const reference = referenceMotion(source, order, places, waveform, take);
  const expressions = await motion.drive(audio, {
    profile,
    style: take.style,
    canonical: order.map((index, n) => reference[n]!.keypoints ?? source[index]!.canonical),
    reference,
    controls: lipControls(take.performance),
    emotions: emotionConditions(take.performance, take.profile),
    ...(take.overlap !== undefined && { overlap: take.overlap }),
    ...(take.emotionPerson !== undefined && { emotionPerson: take.emotionPerson }),
    ...(take.smoothEmotions !== undefined && { smoothEmotions: take.smoothEmotions }),
  });
  const video = source.length > 1;
  const smooth = (frames: readonly Float32Array[]) => (video ? smoothClip(frames, profile, VIDEO_KALMAN) : frames);
  const rotations = smooth(reference.map(({ rotation }) => rotation));
  const keypoints = smooth(expressions).map((expression, n) => {
    const own = source[order[n]!]!;
    const scale = take.relative ? reference[n]!.scale : own.motion.scale;
    return transformKeypoints(own.canonical, { ...reference[n]!, scale, rotation: rotations[n]!, expression });
  });
  const friendly = take.relative && take.drivingOption === 'expression-friendly' && !video;
  const moved = friendly ? startAtSource(source[0]!, keypoints) : keypoints;
  return moved.map((each, n) => ({
    sourceIndex: order[n]!,
    keypoints: each,
    eyeOpenness: take.reference?.eyeRatios?.[places[n]!]?.[0], // the release sets both eyes as the left one
    lipOpenness: take.reference?.lipRatios?.[places[n]!],
  }));
}

/** Keypoints of a still as they change, scaled to its size, from where they stand in the picture. */
function startAtSource(source: NeuralSourceFrame, keypoints: readonly Float32Array[]): Float32Array[] {
  const own = transformKeypoints(source.canonical, source.motion);
  const first = keypoints[0]!;
  const factor = motionFactor(own, first);
  return keypoints.map((each) => expressionFriendly(own, each, first, factor));
}

/**
 * Which source frame is drawn when: a short video is played forth and back. The release shows its end frames twice.
 */
function frameOrder(length: number, count: number, profile: NeuralProfile): number[] {
  if (profile === 'pc-talk' || length < 3) return pingPong(length, count);
  const period = 2 * (length - 1);
  return Array.from({ length: count }, (_, n) => {
    const place = n % period;
    return place < length ? place : period - place;
  });
}

/** Which frame of the reference belongs to each frame of the take; empty without a reference. */
function referencePlaces({ reference, profile }: NeuralTake, count: number): number[] {
  if (reference === undefined) return [];
  // The release takes frames of any rate as they come; mended, they keep their own time.
  const rate = profile === 'pc-talk' ? 1 : reference.fps / FPS;
  const places = frameOrder(reference.frames.length, Math.ceil(count * rate) + 1, profile);
  return Array.from({ length: count }, (_, n) => places[Math.round(n * rate)]!);
}

/** Pose and expression of each frame before the lips are replaced. */
function referenceMotion(
  source: readonly NeuralSourceFrame[],
  order: readonly number[],
  places: readonly number[],
  waveform: Float32Array,
  take: NeuralTake,
): (ImplicitMotion & { readonly keypoints?: Float32Array })[] {
  const { reference, profile } = take;
  const own = order.map((index) => source[index]!.motion);
  if (reference !== undefined) {
    const driving = places.map((place) => reference.frames[place]!);
    if (!take.relative) return driving;
    const unsmoothed = (frames: readonly Float32Array[]) => frames;
    const from = source.length === 1 ? own.slice(0, 1) : own;
    const all = reference.frames.length === 1 ? driving.slice(0, 1) : driving;
    const moved = transferClip(from, all, { relative: true, smooth: unsmoothed });
    return moved.length === order.length ? moved : order.map(() => moved[0]!);
  }
  if (source.length === 1 && profile === 'default') {
    return liveMotion(source[0]!.motion, waveform, order.length, take.performance);
  }
  return own;
}

/** Lip scale and articulation of each frame as the performance says. */
function lipControls(performance: Performance): (frame: number) => LipControls {
  const [other] = performance.articulations ?? [];
  if (other !== undefined) {
    throw new PcTalkError(
      'usage',
      `performance.articulations: expected opening, pursing and widening alone on the neural path, got '${other.name}' too; leave it out, or draw with the mesh`,
    );
  }
  const scale = resolveTrack(performance.lipScale, performance);
  const edits = ARTICULATIONS.map((articulation) => ({ articulation, clips: clipsOf(articulation, performance) }));
  // Edits are made in the order in which the performance first names them: they do not commute.
  const named = (performance.articulation ?? []).map(({ movement }) => movement as Articulation);
  edits.sort((a, b) => named.indexOf(a.articulation) - named.indexOf(b.articulation));
  return (frame) => ({
    lipScale: lastWins(scale, 1, frame / FPS),
    articulation: edits
      .filter(({ clips }) => clips.length > 0)
      .map(({ articulation, clips }) => ({ articulation, scale: lastWins(clips, 1, frame / FPS) })),
  });
}

function clipsOf(articulation: Articulation, performance: Performance) {
  return (performance.articulation ?? [])
    .filter(({ movement }) => movement === articulation)
    .map((clip) => ({ interval: resolveSpan(clip, performance), value: clip.scale }));
}

/**
 * Emotions over time; a side of a region is the whole region here. Intensities of the same emotion and region add up; the
 * release lets them grow without bound, mended they stop at 1.
 */
function emotionConditions(performance: Performance, profile: NeuralProfile): EmotionCondition[] {
  const clips = (performance.emotion ?? []).map((clip) => {
    const interval = resolveSpan(clip, performance);
    return {
      emotion: clip.emotion as Emotion,
      region: (clip.region ?? 'all').replace(/\.(left|right)$/, '') as Region,
      intensity: (frame: number) => weightAt(interval, frame / FPS) * levelAt(clip.intensity, frame / FPS),
    };
  });
  if (profile === 'pc-talk') return clips;
  const groups = new Map<string, typeof clips>();
  for (const clip of clips) {
    const key = `${clip.emotion}:${clip.region}`;
    groups.set(key, [...(groups.get(key) ?? []), clip]);
  }
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    intensity: (frame) =>
      Math.min(
        1,
        group.reduce((sum, clip) => sum + clip.intensity(frame), 0),
      ),
  }));
}
