import {
  AROUSAL_RATE,
  EMOTIONS,
  type Emotion,
  type EmotionClips,
  type EmotionFit,
  type Felt,
  fitCurve,
  type HeardFrame,
  type RegionSide,
  readVoiceFeelingModel,
  usualSigns,
  usualVoice,
  VoiceHearer,
  voiceArousal,
  voiceFeeling,
  type WarningReporter,
} from '@pctalk/core';
import { hashFile } from '../consent.ts';
import { readAsset } from '../talker-assets.ts';
import { decodeLimited } from './decode-limited.ts';
import { readWaveform } from './read-waveform.ts';
import type { VoiceClassifier } from './voice-classifier.ts';

/** How a voice is read and laid on the speech. */
export interface ReadEmotionAudioOptions {
  /** Of the speech, seconds. */
  readonly duration: number;
  /** How a sound of another length is laid on the speech. */
  readonly fit: EmotionFit;
  /** Emotion whose strength the voice's arousal gives. Default: what the voice feels, as far as it is heard. */
  readonly as?: { readonly emotion: Emotion; readonly region: RegionSide } | undefined;
  /** A calm recording of the same speaker, which says what is usual. Default: the sound itself. */
  readonly neutral?: string | undefined;
  /** A classifier of emotional speech, instead of the built-in one. */
  readonly classifier?: VoiceClassifier | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: WarningReporter | undefined;
}

/** Arousal without a name opens the eyes and raises the brows, which leaves open whether it is joy or anger. */
const NAMELESS = { emotion: 'surprised', region: 'upper_face', size: 0.7 } as const;

/** What is felt, `AROUSAL_RATE` times a second, and in which part of the face it shows. */
interface Shown {
  readonly felt: readonly Felt[];
  readonly region: RegionSide;
}

/**
 * Reads the emotion of a voice as curves of a performance: what the built-in classifier hears (`voiceFeeling`), and where it
 * hears nothing sure, arousal alone, from pitch, level and spectral tilt against the speaker's usual voice; or arousal as the
 * strength of an emotion that is named; or whatever another classifier finds.
 * @throws `audio-unreadable`, `audio-empty` (less than a second of voice), `value-out-of-range` (too long)
 */
export async function readEmotionAudio(path: string, options: ReadEmotionAudioOptions): Promise<EmotionClips> {
  const { classifier, as, fit, duration, signal, onWarning } = options;
  const source = {
    kind: 'audio' as const,
    sha256: await hashFile(path, { signal }),
    by: classifier?.name ?? (as ? 'voice-arousal' : 'voice-feeling'),
    fit,
  };
  const shown: Shown[] = classifier
    ? [{ felt: await classifier.classify(await readWaveform(decodeLimited(path, signal))), region: 'all' }]
    : await hearFeeling(path, options);
  const clips = shown.flatMap(({ felt, region }) =>
    EMOTIONS.filter((emotion) => felt.some((each) => (each[emotion] ?? 0) > 0)).map((emotion) => ({
      emotion,
      region,
      intensity: fitCurve(
        felt.map((each) => each[emotion] ?? 0),
        AROUSAL_RATE,
        fit,
        duration,
      ),
      source,
    })),
  );
  if (clips.length === 0) {
    onWarning?.({ code: 'no-emotion', message: `${path}: no emotion was found by ${source.by}` });
  }
  return clips;
}

async function hearFeeling(path: string, { as, neutral, signal }: ReadEmotionAudioOptions): Promise<Shown[]> {
  const frames = await hear(path, signal);
  const calm = neutral === undefined ? frames : await hear(neutral, signal);
  const arousal = [...voiceArousal(frames, usualVoice(calm, neutral ?? path))];
  if (as !== undefined) return [{ felt: arousal.map((a) => ({ [as.emotion]: a })), region: as.region }];
  const model = readVoiceFeelingModel(await readAsset('voice-feeling.safetensors'));
  const felt = voiceFeeling(frames, model, neutral === undefined ? undefined : usualSigns(calm, neutral));
  const nameless = arousal.map((a, n) => {
    const named = Object.values(felt[n] ?? {}).reduce((sum, level) => sum + level, 0);
    return { [NAMELESS.emotion]: NAMELESS.size * Math.max(0, 2 * a - 1) * Math.max(0, 1 - named) };
  });
  return [
    { felt, region: 'all' },
    { felt: nameless, region: NAMELESS.region },
  ];
}

async function hear(path: string, signal: AbortSignal | undefined): Promise<HeardFrame[]> {
  const hearer = new VoiceHearer();
  const frames: HeardFrame[] = [];
  for await (const samples of decodeLimited(path, signal)) frames.push(...hearer.push(samples));
  return frames;
}
