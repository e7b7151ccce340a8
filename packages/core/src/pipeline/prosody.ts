import type { SpeechFrame } from '../models/speech/speech-driver.ts';

/** What the voice does besides the words. */
export interface Prosody {
  /** Whether somebody speaks, 0–1. */
  readonly speech: number;
  /** Stress of the syllable, 0–1: how far its level stands above the speaker's own. */
  readonly stress: number;
}

/** Share of a new frame in the running mean and deviation of the speaker's level: a memory of about 4 s. */
const ADAPTATION = 0.01;
/** Level and deviation assumed before anybody has spoken, dB. */
const TYPICAL_LEVEL = -24;
const TYPICAL_DEVIATION = 6;

/** Follows the speaker's level and rates each frame against it. Causal, one frame at a time. */
export class ProsodyTracker {
  #mean = TYPICAL_LEVEL;
  #variance = TYPICAL_DEVIATION ** 2;
  #heard = 0;

  next(frame: SpeechFrame): Prosody {
    const speech = 1 - frame.silence;
    if (frame.voicing > 0.5) {
      // Fast at first, so that quiet and loud recordings are alike after the first words.
      const share = Math.max(ADAPTATION, 1 / (++this.#heard + 5));
      const difference = frame.levelDb - this.#mean;
      this.#mean += difference * share;
      this.#variance += (difference * difference - this.#variance) * ADAPTATION;
    }
    const deviation = Math.max(2, Math.sqrt(this.#variance));
    const score = (frame.levelDb - this.#mean) / deviation - 0.5;
    return { speech, stress: speech * frame.voicing * Math.min(1, Math.max(0, score)) };
  }
}
