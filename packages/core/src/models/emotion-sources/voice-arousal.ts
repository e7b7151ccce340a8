import { VOICE_RATE, type VoiceFrame } from '../../audio/voice-meter.ts';
import { PcTalkError } from '../../errors.ts';

/** Values a second of `voiceArousal`. */
export const AROUSAL_RATE = 5;

/** A speaker's usual voice: medians over voiced frames. */
export interface UsualVoice {
  readonly pitch: number;
  readonly levelDb: number;
  readonly tiltDb: number;
}

/** Half of the time that one value looks at, seconds: a phrase. */
const REACH = 0.75;
/** Fewest voiced frames from which a usual voice can be told: one second. */
const FEWEST = VOICE_RATE;
/** Pitches further than this from the usual are slips of the tracker (octaves), semitones. */
const PITCH_REACH = 10;
/** Voiced frames that weigh as much as the assumption that nothing is unusual. */
const DOUBT = 8;
/**
 * What counts as one unit of each sign, and how much each counts. Pitch and level tell more than tilt.
 *
 * @source Bone, Lee, Narayanan, "Robust unsupervised arousal rating: a rule-based framework with knowledge-inspired vocal
 * features", 2014: the three signs and rating them against the speaker's own neutral; units and weights are ours
 */
const SIGNS = [
  { of: (frame: UsualVoice) => frame.pitch, unit: 3, weight: 0.45 },
  { of: (frame: UsualVoice) => frame.levelDb, unit: 5, weight: 0.35 },
  { of: (frame: UsualVoice) => frame.tiltDb, unit: 6, weight: 0.2 },
] as const;
const STEEPNESS = 1.7;

/**
 * Finds a speaker's usual voice.
 * @throws `audio-empty` if there is less than a second of voice; `where` names the sound
 */
export function usualVoice(frames: readonly VoiceFrame[], where: string): UsualVoice {
  const voiced = frames.filter(({ pitch }) => !Number.isNaN(pitch));
  if (voiced.length < FEWEST) {
    throw new PcTalkError(
      'audio-empty',
      `${where}: expected at least a second of voice, got ${(voiced.length / VOICE_RATE).toFixed(1)} s; try a longer recording`,
    );
  }
  const [pitch, levelDb, tiltDb] = SIGNS.map(({ of }) => median(voiced.map(of))) as [number, number, number];
  return { pitch, levelDb, tiltDb };
}

/**
 * Rates how aroused a voice is against its speaker's usual voice: higher, louder and sharper is more.
 *
 * a = 1 / (1 + exp(−1.7 Σ w (x − x_usual) / unit)) of each phrase's medians; 0.5 is usual. Of valence it says nothing, and
 * against the same recording's own median it tells where, not how much: a recording that is excited throughout is its own
 * usual.
 * @returns 0–1, `AROUSAL_RATE` values a second
 */
export function voiceArousal(frames: readonly VoiceFrame[], usual: UsualVoice): Float32Array {
  const step = VOICE_RATE / AROUSAL_RATE;
  const reach = REACH * VOICE_RATE;
  const values = new Float32Array(Math.ceil(frames.length / step));
  for (let n = 0; n < values.length; n++) {
    const near = frames.slice(Math.max(0, Math.round(n * step - reach)), Math.round(n * step + reach));
    const voiced = near.filter(({ pitch }) => Math.abs(pitch - usual.pitch) < PITCH_REACH);
    let score = 0;
    if (voiced.length > 0) {
      for (const { of, unit, weight } of SIGNS) score += (weight * (median(voiced.map(of)) - of(usual))) / unit;
    }
    const trust = voiced.length / (voiced.length + DOUBT);
    values[n] = 1 / (1 + Math.exp(-STEEPNESS * trust * score));
  }
  return values;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
