import {
  AROUSAL_RATE,
  EMOTION_SOURCE_LIMITS,
  EMOTIONS,
  type Emotion,
  type EmotionClips,
  type EmotionFit,
  type Felt,
  fitCurve,
  PcTalkError,
  type RegionSide,
  usualVoice,
  type VoiceFrame,
  VoiceMeter,
  voiceArousal,
  type WarningReporter,
} from '@pctalk/core';
import { decodeAudio, SPEECH_RATE } from '../audio-decode.ts';
import { hashFile } from '../consent.ts';
import { readWaveform } from './read-waveform.ts';
import type { VoiceClassifier } from './voice-classifier.ts';

/** How a voice is read and laid on the speech. */
export interface ReadEmotionAudioOptions {
  /** Of the speech, seconds. */
  readonly duration: number;
  /** How a sound of another length is laid on the speech. */
  readonly fit: EmotionFit;
  /** Emotion whose strength the voice gives. Default: raised brows and wide eyes where it is livelier than usual. */
  readonly as?: { readonly emotion: Emotion; readonly region: RegionSide } | undefined;
  /** A calm recording of the same speaker, which says what is usual. Default: the sound itself. */
  readonly neutral?: string | undefined;
  /** A classifier of emotional speech, instead of arousal alone. */
  readonly classifier?: VoiceClassifier | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: WarningReporter | undefined;
}

/** Arousal without a name opens the eyes and raises the brows, which leaves open whether it is joy or anger. */
const NAMELESS = { emotion: 'surprised', region: 'upper_face', size: 0.7 } as const;

/**
 * Reads the emotion of a voice as curves of a performance: its arousal (from pitch, level and spectral tilt against the
 * speaker's usual voice; nothing of what the feeling is), or whatever a classifier finds.
 * @throws `audio-unreadable`, `audio-empty` (less than a second of voice), `value-out-of-range` (too long)
 */
export async function readEmotionAudio(path: string, options: ReadEmotionAudioOptions): Promise<EmotionClips> {
  const { classifier, as, fit, duration, signal, onWarning } = options;
  const source = {
    kind: 'audio' as const,
    sha256: await hashFile(path, { signal }),
    by: classifier?.name ?? 'voice-arousal',
    fit,
  };
  const felt = classifier
    ? await classifier.classify(await readWaveform(decodeLimited(path, signal)))
    : await feltOfArousal(path, options);
  const emotions = EMOTIONS.filter((emotion) => felt.some((each) => (each[emotion] ?? 0) > 0));
  if (emotions.length === 0) {
    onWarning?.({ code: 'no-emotion', message: `${path}: no emotion was found by ${source.by}` });
  }
  const region = classifier ? 'all' : (as?.region ?? NAMELESS.region);
  return emotions.map((emotion) => ({
    emotion,
    region,
    intensity: fitCurve(
      felt.map((each) => each[emotion] ?? 0),
      AROUSAL_RATE,
      fit,
      duration,
    ),
    source,
  }));
}

async function feltOfArousal(path: string, { as, neutral, signal }: ReadEmotionAudioOptions): Promise<Felt[]> {
  const frames = await meter(path, signal);
  const calm = neutral === undefined ? frames : await meter(neutral, signal);
  const arousal = voiceArousal(frames, usualVoice(calm, neutral ?? path));
  return Array.from(arousal, (a) =>
    as === undefined ? { [NAMELESS.emotion]: NAMELESS.size * Math.max(0, 2 * a - 1) } : { [as.emotion]: a },
  );
}

async function meter(path: string, signal: AbortSignal | undefined): Promise<VoiceFrame[]> {
  const voice = new VoiceMeter();
  const frames: VoiceFrame[] = [];
  for await (const samples of decodeLimited(path, signal)) frames.push(...voice.push(samples));
  return frames;
}

async function* decodeLimited(path: string, signal: AbortSignal | undefined): AsyncGenerator<Float32Array> {
  let samples = 0;
  for await (const chunk of decodeAudio(path, { signal })) {
    samples += chunk.length;
    if (samples > EMOTION_SOURCE_LIMITS.audioSeconds * SPEECH_RATE) {
      throw new PcTalkError(
        'value-out-of-range',
        `${path}: expected at most ${EMOTION_SOURCE_LIMITS.audioSeconds / 60} minutes to read emotion from, got more; cut it`,
      );
    }
    yield chunk;
  }
}
