import {
  type FaceAnalyser,
  FPS,
  fitHeadPose,
  pointsAt,
  type SourceTrack,
  type TrackFinding,
  TURN_LIMITS,
  VideoTracker,
  type WarningReporter,
} from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';
import { checkDuration, type MediaOptions } from './duration-limit.ts';
import type { VideoInfo } from './probe-video.ts';
import { decodeI420, type PlanarDecodeOptions } from './video-decode.ts';

/** Longer side of a clip that is worked on, pixels; larger clips are reduced to it. */
export const CLIP_MAX_SIDE = 1920;

/** How a clip is decoded to be dubbed. */
export function clipDecode({ longerSide, colour, isSeekable }: VideoInfo): Partial<PlanarDecodeOptions> {
  const isReduced = longerSide > CLIP_MAX_SIDE || longerSide === 0;
  const { matrix, isHalved, convert } = colour;
  return { ...(isReduced && { maxSide: CLIP_MAX_SIDE }), matrix, isHalved, convert, isSeekable };
}

/** Which face to follow, and how to tell of it. */
export interface TrackClipOptions extends MediaOptions {
  readonly faceIndex?: number | undefined;
  /** How the clip is decoded. */
  readonly decode?: Partial<PlanarDecodeOptions> | undefined;
  /** Hears how many frames have been looked at. */
  readonly onFrame?: ((frames: number) => void) | undefined;
}

/**
 * Follows one face through a clip, frame by frame; only the frame being looked at is in memory.
 * @throws no-face, several-faces, face-too-small, value-out-of-range, video-unreadable, limit-exceeded, cancelled
 */
export async function trackClip(
  analyser: FaceAnalyser,
  path: string,
  options: TrackClipOptions = {},
): Promise<SourceTrack> {
  const { faceIndex, signal, decode, onFrame } = options;
  const tracker = new VideoTracker(analyser, { faceIndex, where: path });
  let frames = 0;
  const spare: Uint8Array[] = [];
  for await (const picture of decodeI420(path, { ...decode, spare, signal })) {
    throwIfCancelled(signal);
    checkDuration(path, ++frames / FPS, options);
    await tracker.push(picture);
    spare.push(picture.data);
    onFrame?.(frames);
  }
  return tracker.finish();
}

const MESSAGES: Readonly<Record<TrackFinding['code'] | 'face-turned', string>> = {
  'face-lost': 'the face is not to be seen; these frames stay as they are',
  'face-turned': 'the face is turned towards profile; its lips are driven less, or not at all',
  'mouth-covered': 'the mouth seems to be covered; what covers it will move with the lips',
  'mouth-passed': 'something passes before the mouth; these frames stay as they are',
  'faces-close': 'another face is near; check that the right one is followed',
  'scene-cut': 'a new scene begins; check that it shows the same person',
};

/** Tells what tracking came across, one warning a range of time. */
export function reportFindings(track: SourceTrack, where: string, warn: WarningReporter): void {
  const { fps } = track;
  const turned = turnedRanges(track).map(([from, to]) => ({ code: 'face-turned' as const, from, to }));
  for (const { code, from, to } of [...track.findings, ...turned]) {
    const range = `${(from / fps).toFixed(2)}–${(to / fps).toFixed(2)} s`;
    warn({ code, message: `${where}, ${range}: ${MESSAGES[code]}` });
  }
}

/** Ranges of frames in which the face is turned too far for its mouth to be seen whole. */
function turnedRanges(track: SourceTrack): [number, number][] {
  const ranges: [number, number][] = [];
  for (let f = 0; f < track.frameCount; f++) {
    if (track.seen[f] !== 1) continue;
    const { yaw, pitch } = fitHeadPose(pointsAt(track, f));
    if (Math.acos(Math.cos(yaw) * Math.cos(pitch)) <= TURN_LIMITS.from) continue;
    const last = ranges.at(-1);
    if (last?.[1] === f) last[1] = f + 1;
    else ranges.push([f, f + 1]);
  }
  return ranges;
}
