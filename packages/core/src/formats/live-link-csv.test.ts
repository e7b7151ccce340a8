import { describe, expect, it } from 'vitest';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { LIVE_LINK_HEADER, liveLinkLine } from './live-link-csv.ts';

const columns = LIVE_LINK_HEADER.split(',');

describe('liveLinkLine', () => {
  it('has the columns of the app', () => {
    expect(columns).toHaveLength(63);
    expect(columns.slice(0, 4)).toEqual(['Timecode', 'BlendShapeCount', 'EyeBlinkLeft', 'EyeLookDownLeft']);
    expect(columns.slice(52)).toEqual([
      'NoseSneerRight',
      'TongueOut',
      'HeadYaw',
      'HeadPitch',
      'HeadRoll',
      'LeftEyeYaw',
      'LeftEyePitch',
      'LeftEyeRoll',
      'RightEyeYaw',
      'RightEyePitch',
      'RightEyeRoll',
    ]);
  });

  it('writes values under their names and counts frames in the time code', () => {
    const coefficients = new Float32Array(COEFFICIENT_COUNT);
    coefficients[COEFFICIENT_INDEX.mouthPucker] = 0.25;
    const pose = { pitch: 0.1, yaw: -0.2, roll: 0.05 };
    const frameIndex = 25 * (3600 + 61) + 7;
    const cells = liveLinkLine({ frameIndex, coefficients, pose, gaze: { yaw: 0.3, pitch: 0 } }, 25).split(',');
    expect(cells).toHaveLength(columns.length);
    const cell = (name: string) => Number(cells[columns.indexOf(name)]);
    expect(cells[0]).toBe('01:01:01:07.000');
    expect(cell('BlendShapeCount')).toBe(61);
    expect(cell('MouthPucker')).toBeCloseTo(0.25, 7);
    expect(cell('HeadYaw')).toBeCloseTo(-0.2, 7);
    expect(cell('HeadPitch')).toBeCloseTo(0.1, 7);
    expect(cell('RightEyeYaw')).toBeCloseTo(0.3, 7);
    expect(cell('EyeLookOutLeft')).toBeCloseTo(0.5, 7);
    expect(cell('JawOpen')).toBe(0);
  });
});
