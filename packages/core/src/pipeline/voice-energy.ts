import type { SpeechFrame } from '../models/speech/speech-driver.ts';
import { FadingHistogram } from './fading-histogram.ts';

const FPS = 25;
/** Frames of voice that weigh as much as the assumption of a usual voice: two seconds. */
const ASSUMED = 2 * FPS;
/** Frames of voice after which what was heard counts e times less: ten seconds. */
const MEMORY = 10 * FPS;

/** Voicing at which a syllable begins, and below which the next may. */
const SYLLABLE = 0.5;
const BETWEEN = 0.35;

/**
 * Signs of a lively voice, what each is usually and how much of it makes one unit. Range of pitch (15th to 85th percentile,
 * semitones), range of loudness (median to 95th, dB), vocal effort of the loudest (90th percentile of the tilt, dB), height of
 * pitch (semitones above 55 Hz; people differ, so it counts little), and syllables a second: the slower, the further lips go.
 *
 * @source measured by `FrameMeter` on filmed speakers, docs/evaluation/liveliness.md; rate: Lindblom 1990, "Explaining
 * phonetic variation: a sketch of the H&H theory"
 */
const SIGNS = [
  { of: (voice: Heard) => voice.pitch.quantile(0.85) - voice.pitch.quantile(0.15), usual: 5.8, unit: 2 },
  { of: (voice: Heard) => voice.level.quantile(0.95) - voice.level.quantile(0.5), usual: 7, unit: 2 },
  { of: (voice: Heard) => voice.tilt.quantile(0.9), usual: 5, unit: 4 },
  { of: (voice: Heard) => voice.pitch.quantile(0.5), usual: 19, unit: 9 },
  { of: (voice: Heard) => voice.syllables * FPS, usual: 4.5, unit: -1 },
] as const;

/** Size of movement is e^(GAIN · energy): the one number fitted to speakers. */
const GAIN = 0.8;
/** Share of the way to what was just heard that the energy goes a frame: a second. */
const FOLLOW = 1 / FPS;
/** Least and most size of movement. */
const LEAST = 0.75;
const MOST = 2.2;

/** What was heard of a voice lately. */
interface Heard {
  readonly pitch: FadingHistogram;
  readonly level: FadingHistogram;
  readonly tilt: FadingHistogram;
  /** Syllables begun a frame of speech. */
  syllables: number;
}

/**
 * How large a voice makes its speaker's movements, 1 for a usual one: causally, from what it does with pitch and loudness.
 *
 *     energy = mean over signs of n / (n + 50) · (sign − usual) / unit,   size = e^(0.8 energy), 0.75 … 2.2
 *
 * with n frames of voice remembered: a usual voice at first. A recording's level itself is not used: it says how it was made.
 */
export class VoiceEnergy {
  readonly #heard: Heard = {
    pitch: new FadingHistogram([0, 48], 96, MEMORY),
    level: new FadingHistogram([-100, 0], 100, MEMORY),
    tilt: new FadingHistogram([-50, 50], 100, MEMORY),
    syllables: 4.5 / FPS,
  };
  #energy = 0;
  #between = true;
  #frames = 0;

  /** @returns size of movement after this frame; asked for every frame in order. */
  next({ pitch, levelDb, tiltDb, silence, voicing }: SpeechFrame): number {
    if (silence < 0.5) this.#count(voicing);
    if (silence < 0.5 && !Number.isNaN(pitch)) {
      this.#heard.pitch.add(pitch);
      this.#heard.level.add(levelDb);
      this.#heard.tilt.add(tiltDb);
      this.#energy += (this.#weigh() - this.#energy) * FOLLOW;
    }
    return Math.min(MOST, Math.max(LEAST, Math.exp(GAIN * this.#energy)));
  }

  #count(voicing: number): void {
    const begins = this.#between && voicing > SYLLABLE;
    if (begins) this.#between = false;
    else if (voicing < BETWEEN) this.#between = true;
    const share = Math.max(1 / MEMORY, 1 / (++this.#frames + ASSUMED));
    this.#heard.syllables += ((begins ? 1 : 0) - this.#heard.syllables) * share;
  }

  #weigh(): number {
    const trust = this.#heard.pitch.count / (this.#heard.pitch.count + ASSUMED);
    const sum = SIGNS.reduce((total, { of, usual, unit }) => total + (of(this.#heard) - usual) / unit, 0);
    return (trust * sum) / SIGNS.length;
  }
}
