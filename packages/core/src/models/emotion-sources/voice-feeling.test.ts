import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VOICE_RATE } from '../../audio/voice-meter.ts';
import { readVoiceFeelingModel, usualSigns, voiceFeeling } from './voice-feeling.ts';
import { type HeardFrame, VOICE_SIGNS, VoiceHearer, voiceSigns } from './voice-signs.ts';

const bytes = readFileSync(new URL('../../../assets/voice-feeling.safetensors', import.meta.url));
const model = readVoiceFeelingModel(bytes);

/** A buzz of some pitch (Hz) that swings by `swing` semitones four times a second, in syllables, with breath. */
function voice(seconds: number, pitch: number, swing: number, gain = 0.1): Float32Array {
  let [phase, noise] = [0, 1];
  return Float32Array.from({ length: seconds * 16_000 }, (_, n) => {
    const beat = Math.sin((2 * Math.PI * 4 * n) / 16_000);
    phase += (pitch * 2 ** ((swing * beat) / 12)) / 16_000;
    const loud = gain * (0.6 + 0.4 * Math.sin((2 * Math.PI * 3 * n) / 16_000));
    let sum = 0;
    for (let h = 1; h <= 12; h++) sum += Math.sin(2 * Math.PI * h * phase) / h;
    noise = (noise * 16_807) % 2_147_483_647; // breath, as voices have: Lehmer's generator
    return loud * (sum + 0.2 * (noise / 2_147_483_647 - 0.5));
  });
}

const hear = (sound: Float32Array): HeardFrame[] => new VoiceHearer().push(sound);

describe('voiceSigns', () => {
  it('follows pitch and its swing, and knows nothing of the gain or of the pieces', () => {
    const calm = voiceSigns(hear(voice(2, 120, 0.5)))!;
    expect(calm).toHaveLength(VOICE_SIGNS);
    expect(calm.every(Number.isFinite)).toBe(true);
    const lively = voiceSigns(hear(voice(2, 240, 4)))!;
    expect(lively[0]! - calm[0]!).toBeCloseTo(12, 0);
    expect(lively[1]!).toBeGreaterThan(calm[1]! + 2);
    const louder = voiceSigns(hear(voice(2, 120, 0.5, 0.3)))!;
    louder.forEach((sign, k) => {
      expect(Math.abs(sign - calm[k]!), `sign ${k}`).toBeLessThan(0.05);
    });
    const hearer = new VoiceHearer();
    const sound = voice(2, 120, 0.5);
    const pieces: HeardFrame[] = [];
    for (let at = 0; at < sound.length; at += 777) pieces.push(...hearer.push(sound.subarray(at, at + 777)));
    expect(voiceSigns(pieces)).toEqual(calm);
  });

  it('tells nothing where nobody speaks', () => {
    expect(voiceSigns(hear(new Float32Array(32_000)))).toBeUndefined();
  });
});

describe('voiceFeeling', () => {
  it('hears nothing in a voice as usual, and a feeling in the same speaker far from it', () => {
    const calm = hear(voice(6, 120, 1));
    const usual = usualSigns(calm, 'test');
    const felt = voiceFeeling(calm, model, usual);
    expect(felt).toHaveLength(Math.ceil((calm.length / VOICE_RATE) * 5));
    expect(felt.slice(7, 23).flatMap((each) => Object.keys(each))).toEqual([]);
    const raised = voiceFeeling(hear(voice(6, 230, 4)), model, usual)[15]!;
    expect(Object.values(raised).reduce((sum, level) => sum + level, 0)).toBeGreaterThan(0.3);
    expect(raised.sad).toBeUndefined();
  });

  it('feels nothing in silence, and refuses a calm recording without a voice or another file', () => {
    const silence = hear(new Float32Array(48_000));
    expect(voiceFeeling(silence, model).every((each) => Object.keys(each).length === 0)).toBe(true);
    expect(() => usualSigns(silence, 'calm.wav')).toThrow(/calm\.wav/);
    const styles = readFileSync(new URL('../../../assets/lac-styles.safetensors', import.meta.url));
    expect(() => readVoiceFeelingModel(styles)).toThrow(/known\.weights/);
  });
});
