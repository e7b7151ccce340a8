import {
  type ClipFrame,
  clipFrameAt,
  FPS,
  type I420Image,
  type Performance,
  readClipParts,
  readReferenceMotion,
  replacingMotion,
  type SourceTrack,
  smoothstep,
  type TalkerCore,
  type VideoSource,
  type WarningReporter,
  type WhenLong,
  type WhenShort,
} from '@pctalk/core';
import { framesOf, SPEECH_RATE } from './audio-decode.ts';
import { ClipReader } from './clip-reader.ts';
import { type DubRequest, startClipThread } from './clip-thread.ts';
import { hashFile } from './consent.ts';
import { probeVideo, type VideoInfo } from './probe-video.ts';
import type { TakeFrames } from './render-take.ts';
import { cachedTrack } from './source-track-cache.ts';
import type { TakeOptions } from './talker.ts';
import { clipDecode, reportFindings, trackClip } from './track-clip.ts';
import { decodeI420, type PlanarDecodeOptions } from './video-decode.ts';
import type { SoundMix } from './video-encode.ts';

/** What becomes of the clip's own sound: nothing of it, some of it under the speech, or all of it and no speech. */
export type OriginalSound = 'replace' | 'keep' | { readonly mix: number };

/** How a clip is dubbed. */
export interface ClipOptions {
  /** When the clip is shorter than the speech. @default 'hold' */
  readonly whenShort?: WhenShort | undefined;
  /** When the clip is longer than the speech; its own sound is heard in the rest where it is kept or mixed. @default 'cut' */
  readonly whenLong?: WhenLong | undefined;
  /** @default 'replace' */
  readonly originalSound?: OriginalSound | undefined;
}

/** A clip tracked and ready to be dubbed. */
export interface OpenedClip {
  readonly info: VideoInfo;
  readonly decode: Partial<PlanarDecodeOptions>;
  readonly source: VideoSource;
  readonly performance: Performance;
}

/** What a still needs and a clip has of its own: head motion, blinks, gaze, brows. They are added only where asked. */
const CLIP_PERFORMANCE = { headMotion: 0, blink: 0, gaze: 0, brow: 0, idle: 0 } as const;
/** Where the rest of a clip is kept the lips go back to the filmed ones within so many frames after the speech. */
const EASE_FRAMES = 10;
/** Frames whose memory is kept to be used again. */
const SPARE_FRAMES = 8;
/** Of a reference's motion a clip takes the blinks; its head and gaze belong to what is around it and stay, unless named. */
const BORROWED_PERFORMANCE = { headMotion: 0, gaze: 0, brow: 0, idle: 0 } as const;

/** Tracks a clip, or takes its track from the cache, and tells what was found. */
export async function openClip(
  core: TalkerCore,
  path: string,
  options: Pick<TakeOptions, 'faceIndex' | 'signal' | 'maxDuration'> & Pick<ClipOptions, 'whenShort'>,
  performance: Performance,
  onWarning: WarningReporter,
): Promise<OpenedClip> {
  const { faceIndex, signal, maxDuration } = options;
  const info = await probeVideo(path, { signal, maxDuration, onWarning });
  const decode = clipDecode(info);
  const track = await cachedTrack(await hashFile(path, { signal }), faceIndex, () =>
    trackClip(core.analyser, path, { faceIndex, signal, maxDuration, decode }),
  );
  reportFindings(track, path, onWarning);
  const take = withOwnMotion(core, track, performance, options.whenShort ?? 'hold');
  const blinks = take.motion !== undefined && take.blink !== 0 ? 'replaced' : 'own';
  return { info, decode, performance: take, source: core.openClip(track, { wholeFace: movesWholeFace(take), blinks }) };
}

/** The performance on a clip that has a motion of its own: kept, or replaced by a reference's as far as that is asked for. */
function withOwnMotion(
  core: TalkerCore,
  track: SourceTrack,
  performance: Performance,
  whenShort: WhenShort,
): Performance {
  const { motion } = performance;
  if (motion === undefined) return { ...CLIP_PERFORMANCE, ...performance };
  const take = { ...BORROWED_PERFORMANCE, ...performance };
  if (take.headMotion === 0 && take.gaze === 0) return take;
  return { ...take, motion: replacingMotion(motion, readReferenceMotion(track, core.basis), whenShort) };
}

/** Draws a dubbed clip, frame by frame. */
export async function dubClip(
  core: TalkerCore,
  path: string,
  clip: OpenedClip,
  audio: AsyncIterable<Float32Array>,
  options: ClipOptions & Pick<TakeOptions, 'signal'>,
  speech: { readonly duration: number },
  onWarning: WarningReporter,
): Promise<TakeFrames> {
  const { source, decode } = clip;
  const { track } = source;
  const whenShort = options.whenShort ?? 'hold';
  const director = core.createDirector(clip.performance);
  const speechFrames = framesOf(speech.duration);
  const keepsRest = options.whenLong === 'keep' && track.frameCount > speechFrames;
  return {
    width: track.width,
    height: track.height,
    format: decode.matrix ?? 'bt709',
    colour: clip.info.colour,
    sound: soundMix(path, clip.info, options.originalSound ?? 'replace', onWarning),
    duration: keepsRest ? track.frameCount / FPS : dubDuration(track, speech.duration, whenShort),
    async *frames() {
      const spare: Uint8Array[] = [];
      const decoder = (range: Partial<PlanarDecodeOptions>) =>
        decodeI420(path, { ...decode, ...range, spare, signal: options.signal });
      await using reader = new ClipReader(decoder, { lastIndex: track.frameCount - 1 });
      const parts = readClipParts(
        source,
        await readFrames(path, { ...decode, signal: options.signal }, source.partFrames),
      );
      await using thread = startClipThread(parts);
      const heard = keepsRest ? withSilence(audio, EASE_FRAMES / FPS) : audio;
      const performed = core.performClip(source, heard, director, whenShort);
      const dubbed = withPictures(performed, reader);
      const requests = keepsRest ? withRest(dubbed, reader, speechFrames, track.frameCount) : dubbed;
      for await (const picture of thread.draw(requests)) {
        yield picture.data;
        if (spare.length < SPARE_FRAMES) spare.push(picture.data);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function* withPictures(
  frames: AsyncIterable<ClipFrame>,
  reader: ClipReader<I420Image>,
): AsyncGenerator<DubRequest> {
  for await (const { clipFrame, tick, performed } of frames) {
    yield { picture: await reader.frameAt(clipFrame), tick, driven: performed.driven };
  }
}

/** The speech, and a pause in which the lips come to rest. */
async function* withSilence(audio: AsyncIterable<Float32Array>, seconds: number): AsyncGenerator<Float32Array> {
  yield* audio;
  yield new Float32Array(Math.round(seconds * SPEECH_RATE));
}

/** After the speech the filmed face comes back, and the rest of the clip as it is. */
async function* withRest(
  dubbed: AsyncIterable<DubRequest>,
  reader: ClipReader<I420Image>,
  speechFrames: number,
  frameCount: number,
): AsyncGenerator<DubRequest> {
  let index = 0;
  let last: DubRequest | undefined;
  for await (const request of dubbed) {
    const share = 1 - smoothstep((index - speechFrames + 1) / EASE_FRAMES);
    last = { ...request, tick: { ...request.tick, strength: share * request.tick.strength } };
    yield last;
    if (++index === frameCount) return;
  }
  for (; last !== undefined && index < frameCount; index++) {
    yield { ...last, picture: await reader.frameAt(index), tick: { ...last.tick, strength: 0 } };
  }
}

/** Seconds of the result where they are not the speech's own. */
function dubDuration(track: SourceTrack, speech: number, whenShort: WhenShort): number {
  const ends = clipFrameAt(framesOf(speech) - 1, track.frameCount, whenShort) === undefined;
  return ends ? track.frameCount / FPS : speech;
}

function soundMix(
  path: string,
  info: VideoInfo,
  choice: OriginalSound,
  onWarning: WarningReporter,
): SoundMix | undefined {
  if (choice === 'replace') return undefined;
  if (!info.hasAudio) {
    onWarning({ code: 'audio-empty', message: `${path}: the clip has no sound of its own; the speech is heard alone` });
    return undefined;
  }
  return choice === 'keep' ? { path, level: 1, speech: false } : { path, level: choice.mix, speech: true };
}

function movesWholeFace(performance: Performance): boolean {
  const { emotion, headMotion, blink, gaze, brow } = performance;
  return (emotion?.length ?? 0) > 0 || [headMotion, blink, gaze, brow].some((track) => track !== 0);
}

/** Single frames of a clip, in the order asked for. */
export async function readFrames(
  path: string,
  decode: Partial<PlanarDecodeOptions>,
  frames: readonly number[],
): Promise<I420Image[]> {
  const pictures = new Map<number, I420Image>();
  await using reader = new ClipReader((range) => decodeI420(path, { ...decode, ...range }));
  for (const frame of [...frames].sort((a, b) => a - b)) pictures.set(frame, await reader.frameAt(frame));
  return frames.map((frame) => pictures.get(frame)!);
}
