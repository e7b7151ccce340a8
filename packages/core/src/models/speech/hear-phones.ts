import { PHONE_CLASSES } from './phone-classes.ts';
import type { SpeechDriver } from './speech-driver.ts';

/** Hops of `HeardPhones` in a second. */
export const PHONE_HOPS_PER_SECOND = 100;

/** What is heard of each class of sound, finer in time than frames. */
export interface HeardPhones {
  /** `[H × 26]`: posterior of each of `PHONE_CLASSES` about the middle of hop h, (h + ½) / 100 s. */
  readonly posteriors: Float32Array;
  readonly hopCount: number;
}

const RATE = 16000;
const FRAME = RATE / 25;
const HOP = RATE / PHONE_HOPS_PER_SECOND;
const SHIFTS = FRAME / HOP;

/**
 * Hears the whole of a sound four times, shifted by a quarter of a frame each, so that sounds shorter than a frame are
 * told apart and their bounds are known to a hop.
 * @param samples 16 kHz mono, −1 … 1.
 */
export async function hearPhones(driver: SpeechDriver, samples: Float32Array): Promise<HeardPhones> {
  const classes = PHONE_CLASSES.length;
  const hopCount = Math.ceil(samples.length / HOP);
  const posteriors = new Float32Array(hopCount * classes);
  for (let shift = 0; shift < SHIFTS; shift++) {
    // Delayed by 5, 15, 25 or 35 ms, the middle of frame n lies on hop 4n + 1 − shift.
    const stream = driver.createStream();
    let frame = 0;
    const take = (frames: Awaited<ReturnType<typeof stream.push>>) => {
      for (const { phones } of frames) {
        const hop = SHIFTS * frame++ + 1 - shift;
        if (hop >= 0 && hop < hopCount) posteriors.set(phones, hop * classes);
      }
    };
    take(await stream.push(new Float32Array(HOP / 2 + shift * HOP)));
    take(await stream.push(samples));
    take(await stream.push(new Float32Array(FRAME)));
    take(await stream.end());
  }
  return { posteriors, hopCount };
}
