import { describe, expect, it } from 'vitest';
import { VOICE_RATE, VoiceMeter } from './voice-meter.ts';

const RATE = 16_000;

/** A voice-like buzz: harmonics that fall by `tilt` dB an octave. */
function buzz(hz: (time: number) => number, seconds: number, tilt: number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    phase += (2 * Math.PI * hz(n / RATE)) / RATE;
    let x = 0;
    for (let k = 1; k <= 20; k++) x += 10 ** ((-tilt * Math.log2(k)) / 20) * Math.sin(k * phase);
    return 0.1 * x;
  });
}
const semitones = (hz: number) => 12 * Math.log2(hz / 55);

describe('VoiceMeter', () => {
  it.each([80, 120, 210, 330, 440])('finds a pitch of %d Hz', (hz) => {
    const frames = new VoiceMeter().push(buzz(() => hz, 1, 9)).slice(5);
    for (const { pitch } of frames) expect(Math.abs(pitch - semitones(hz))).toBeLessThan(0.25);
  });

  it('follows a glide, for any pieces', () => {
    const sound = buzz((time) => 100 + 100 * time, 1, 9);
    const whole = new VoiceMeter().push(sound);
    expect(whole.length).toBe(VOICE_RATE);
    expect(whole[45]!.pitch - whole[15]!.pitch).toBeCloseTo(semitones(190) - semitones(130), 0);
    const meter = new VoiceMeter();
    const pieces = [];
    for (let n = 0; n < sound.length; n += 777) pieces.push(...meter.push(sound.subarray(n, n + 777)));
    expect(pieces).toEqual(whole);
  });

  it('hears no pitch in noise and silence, and effort as tilt', () => {
    let seed = 1;
    const noise = Float32Array.from({ length: RATE }, () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5);
    const voiced = new VoiceMeter().push(noise).filter(({ pitch }) => !Number.isNaN(pitch)).length;
    expect(voiced).toBeLessThan(3);
    expect(new VoiceMeter().push(new Float32Array(RATE)).every(({ pitch }) => Number.isNaN(pitch))).toBe(true);
    const tilt = (fall: number) => new VoiceMeter().push(buzz(() => 120, 1, fall))[30]!.tiltDb;
    expect(tilt(6)).toBeGreaterThan(tilt(12) + 4);
  });
});
