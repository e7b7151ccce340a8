import { describe, expect, test } from 'vitest';
import { PHONE_CLASSES, PHONE_INDEX, type PhoneClass } from '../models/speech/phone-classes.ts';
import { MouthInsideTracker } from './mouth-inside.ts';

/** A posterior sure of one sound. */
function sure(phone: PhoneClass): { phones: Float32Array } {
  const phones = new Float32Array(PHONE_CLASSES.length);
  phones[PHONE_INDEX[phone]] = 1;
  return { phones };
}

function settle(phone: PhoneClass) {
  const tracker = new MouthInsideTracker();
  let inside = tracker.next(sure(phone));
  for (let frame = 0; frame < 20; frame++) inside = tracker.next(sure(phone));
  return inside;
}

describe('tongue and teeth by sound', () => {
  test('the tip rises for l n t th alone, teeth close for s sh', () => {
    for (const phone of ['L', 'N', 'T', 'TH'] as const) expect(settle(phone).tongueTip).toBeGreaterThan(0.8);
    for (const phone of ['S', 'SH'] as const) expect(settle(phone).teethClosed).toBeGreaterThan(0.95);
    for (const phone of ['AA', 'UW', 'SIL', 'P', 'K'] as const) {
      expect(settle(phone)).toEqual({ tongueTip: 0, teethClosed: 0 });
    }
  });

  test('a sound of one frame takes the tip up no further than half the way, and it comes down by and by', () => {
    const tracker = new MouthInsideTracker();
    const up = tracker.next(sure('L')).tongueTip;
    expect(up).toBeCloseTo(0.5);
    expect(tracker.next(sure('AA')).tongueTip).toBeCloseTo(0.25);
  });
});
