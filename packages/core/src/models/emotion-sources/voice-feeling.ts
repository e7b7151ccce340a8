import { VOICE_RATE } from '../../audio/voice-meter.ts';
import { PcTalkError } from '../../errors.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { type StoredTensor, toFloat32 } from '../../formats/stored-tensor.ts';
import type { Emotion } from '../../motion/emotions.ts';
import { feltOfClasses } from './emotion-labels.ts';
import type { Felt } from './felt.ts';
import { AROUSAL_RATE } from './voice-arousal.ts';
import { type HeardFrame, VOICE_SIGNS, voiceSigns } from './voice-signs.ts';

/** What the classifier tells apart, in its order. Boredom is drawn as neutral. */
export const VOICE_FEELINGS = ['neutral', 'bored', 'happy', 'sad', 'angry', 'fear', 'disgusted'] as const;
const EMOTION_OF: readonly Emotion[] = VOICE_FEELINGS.map((feeling) => (feeling === 'bored' ? 'neutral' : feeling));

/** Two linear classifiers of `voiceSigns`: of their difference from the speaker's usual ones, and of themselves. */
export interface VoiceFeelingModel {
  readonly known: Scores;
  readonly alone: Scores;
}

interface Scores {
  /** `[7 × 37]` */
  readonly weights: Float32Array;
  /** `[7]` */
  readonly bias: Float32Array;
}

/** Share of everyday speech that is calm; other feelings share the rest. The classifier itself takes all for equally frequent. */
const CALM = 0.6;
const FREQUENCIES = VOICE_FEELINGS.map((_, c) =>
  EMOTION_OF[c] === 'neutral' ? CALM / 2 : (1 - CALM) / (VOICE_FEELINGS.length - 2),
);
/** Half of what one value looks at, seconds: the classifier was trained on sentences of two. */
const REACH = 1;
/** Values that are averaged before and after: a feeling lasts. */
const SMOOTH = 5;
/** Step between the windows from which the usual signs are taken, seconds. */
const USUAL_STEP = 0.5;

/** Reads `voice-feeling.safetensors`. @throws `model-invalid` if it is another file */
export function readVoiceFeelingModel(bytes: Uint8Array): VoiceFeelingModel {
  const { tensors } = readSafetensors(bytes);
  const scores = (name: string): Scores => ({
    weights: numbersOf(tensors, `${name}.weights`, [VOICE_FEELINGS.length, VOICE_SIGNS]),
    bias: numbersOf(tensors, `${name}.bias`, [VOICE_FEELINGS.length]),
  });
  return { known: scores('known'), alone: scores('alone') };
}

/**
 * The usual signs of a speaker `[37]`, from a calm recording: their mean over windows of two seconds.
 * @throws `audio-empty` if no window has .4 s of voice; `where` names the sound
 */
export function usualSigns(frames: readonly HeardFrame[], where: string): Float32Array {
  const windows: Float32Array[] = [];
  for (let at = 0; at === 0 || at < frames.length; at += USUAL_STEP * VOICE_RATE) {
    const signs = voiceSigns(around(frames, at));
    if (signs !== undefined) windows.push(signs);
  }
  if (windows.length > 0) {
    return Float32Array.from(
      { length: VOICE_SIGNS },
      (_, k) => windows.reduce((sum, s) => sum + s[k]!, 0) / windows.length,
    );
  }
  throw new PcTalkError(
    'audio-empty',
    `${where}: expected at least half a second of voice, got less; try a longer recording`,
  );
}

/**
 * Tells what a voice feels: probabilities of a linear classifier of `voiceSigns` over two seconds, averaged over two more; the
 * two clearest above .1 are kept (`feltOfClasses`). Surprise and contempt it does not know.
 * @param usual the speaker's `usualSigns`; without them the voice is judged alone, without what the recording's colour says
 * @returns `AROUSAL_RATE` values a second
 */
export function voiceFeeling(frames: readonly HeardFrame[], model: VoiceFeelingModel, usual?: Float32Array): Felt[] {
  const step = VOICE_RATE / AROUSAL_RATE;
  const values = Array.from({ length: Math.ceil(frames.length / step) }, (_, n) => {
    const signs = voiceSigns(around(frames, n * step));
    if (signs === undefined) return undefined;
    return usual === undefined
      ? probabilities(model.alone, signs)
      : probabilities(
          model.known,
          signs.map((sign, k) => sign - usual[k]!),
        );
  });
  return values.map((_, n) => {
    const near = values.slice(Math.max(0, n - SMOOTH), n + SMOOTH + 1).filter((each) => each !== undefined);
    if (near.length === 0) return {};
    const mean = Float32Array.from(VOICE_FEELINGS, (_, c) => near.reduce((sum, p) => sum + p[c]!, 0) / near.length);
    return feltOfClasses(EMOTION_OF, mean);
  });
}

function around(frames: readonly HeardFrame[], at: number): readonly HeardFrame[] {
  return frames.slice(Math.max(0, Math.round(at - REACH * VOICE_RATE)), Math.round(at + REACH * VOICE_RATE));
}

function probabilities({ weights, bias }: Scores, signs: Float32Array): Float32Array {
  const scores = bias.map((b, c) =>
    signs.reduce((sum, sign, k) => sum + sign * weights[c * VOICE_SIGNS + k]!, b + Math.log(FREQUENCIES[c]!)),
  );
  const top = Math.max(...scores);
  const powers = scores.map((x) => Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

function numbersOf(tensors: ReadonlyMap<string, StoredTensor>, name: string, dims: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor?.type === 'float32' && `${tensor.dims}` === `${dims}`) return toFloat32(tensor);
  throw new PcTalkError(
    'model-invalid',
    `voice feeling: expected ${name} [${dims}] in float32, got ${tensor === undefined ? 'none' : `[${tensor.dims}] ${tensor.type}`}; install the package anew`,
  );
}
