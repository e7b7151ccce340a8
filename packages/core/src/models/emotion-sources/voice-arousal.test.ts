import { describe, expect, it } from 'vitest';
import { VOICE_RATE, type VoiceFrame } from '../../audio/voice-meter.ts';
import { AROUSAL_RATE, usualVoice, voiceArousal } from './voice-arousal.ts';

const calm: VoiceFrame = { pitch: 12, levelDb: -25, tiltDb: -8 };
const seconds = (count: number, frame: VoiceFrame) => Array.from({ length: count * VOICE_RATE }, () => frame);
const silent = { ...calm, pitch: Number.NaN, levelDb: -90 };

describe('voiceArousal', () => {
  const usual = usualVoice(seconds(3, calm), 'test');

  it('is a half where the voice is as usual, more where it is higher, louder or sharper, less where lower', () => {
    const rate = (change: Partial<VoiceFrame>) => voiceArousal(seconds(3, { ...calm, ...change }), usual)[7]!;
    expect(rate({})).toBeCloseTo(0.5);
    expect(rate({ pitch: 16 })).toBeGreaterThan(0.65);
    expect(rate({ levelDb: -18 })).toBeGreaterThan(0.6);
    expect(rate({ tiltDb: -2 })).toBeGreaterThan(0.55);
    expect(rate({ pitch: 9, levelDb: -30 })).toBeLessThan(0.3);
  });

  it('follows time, trusts silence with nothing and ignores octave slips', () => {
    const frames = [...seconds(3, calm), ...seconds(3, { ...calm, pitch: 17, levelDb: -18 }), ...seconds(3, silent)];
    const values = voiceArousal(frames, usual);
    expect(values.length).toBe(9 * AROUSAL_RATE);
    expect(values[5]).toBeCloseTo(0.5);
    expect(values[22]).toBeGreaterThan(0.75);
    expect(values[42]).toBeCloseTo(0.5);
    expect(voiceArousal(seconds(3, { ...calm, pitch: 24 }), usual)[7]).toBeCloseTo(0.5);
  });

  it('does not depend on the gain of the recording', () => {
    const frames = [...seconds(3, calm), ...seconds(2, { ...calm, pitch: 15, levelDb: -20 })];
    const louder = frames.map((frame) => ({ ...frame, levelDb: frame.levelDb + 12 }));
    expect(voiceArousal(louder, usualVoice(louder, ''))).toEqual(voiceArousal(frames, usualVoice(frames, '')));
  });

  it('wants a second of voice', () => {
    expect(() => usualVoice(seconds(5, silent), 'a.wav')).toThrow(/a\.wav: expected at least a second of voice/);
  });
});
