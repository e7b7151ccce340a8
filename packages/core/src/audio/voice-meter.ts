import { RealFourier } from './fourier.ts';

/** What the voice does in one frame. */
export interface VoiceFrame {
  /** Fundamental frequency, semitones above 55 Hz (A1); NaN where there is no voice. */
  readonly pitch: number;
  /** Level, dB re full scale, at least −100. */
  readonly levelDb: number;
  /** Energy above 500 Hz over energy below, dB: rises with vocal effort. */
  readonly tiltDb: number;
}

/** Frames a second of `VoiceMeter`. */
export const VOICE_RATE = 50;

const SAMPLE_RATE = 16_000;
const HOP = SAMPLE_RATE / VOICE_RATE;
const WINDOW = 512;
/** The pitch is sought at half the rate. */
const HALF_RATE = SAMPLE_RATE / 2;
const LOWEST_HZ = 60;
const HIGHEST_HZ = 500;
const LONGEST_LAG = Math.ceil(HALF_RATE / LOWEST_HZ);
const SHORTEST_LAG = Math.floor(HALF_RATE / HIGHEST_HZ);
/** Samples compared at each lag: 30 ms. */
const COMPARED = 240;
/** Samples of sound a frame needs, its hop among them. */
const SPAN = 2 * (COMPARED + LONGEST_LAG + 1);

/** Correlation from which a frame is voiced. */
const VOICED = 0.55;
/** What an octave lower must gain in correlation to be believed: a period's multiples repeat as well as it does. */
const OCTAVE_COST = 0.06;
/** Frames further than this below the loudest of the last seconds are not voice, dB. */
const QUIETEST = 35;
/** Fall of that peak, dB a frame. */
const FORGETTING = 0.05;
const SPLIT_BIN = Math.round((500 * WINDOW) / SAMPLE_RATE);
const LOWEST_BIN = 2;

/**
 * Measures pitch, level and spectral tilt of a voice, 50 times a second, from pieces of any size. Causal.
 *
 * Pitch: the first high peak of the normalised cross-correlation, parabola through its neighbours.
 * @source D. Talkin, "A robust algorithm for pitch tracking" (RAPT), 1995: the correlation; no dynamic programming here
 */
export class VoiceMeter {
  readonly #fourier = new RealFourier(WINDOW);
  readonly #window = Float64Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));
  readonly #frame = new Float64Array(WINDOW);
  readonly #magnitudes = new Float64Array(WINDOW / 2 + 1);
  readonly #half = new Float64Array(SPAN / 2);
  readonly #correlation = new Float64Array(LONGEST_LAG + 1);
  #pending = new Float32Array(SPAN - HOP);
  #peakDb = -60;

  /** @param samples 16 kHz mono. @returns the frames they complete */
  push(samples: Float32Array): VoiceFrame[] {
    const all = new Float32Array(this.#pending.length + samples.length);
    all.set(this.#pending);
    all.set(samples, this.#pending.length);
    const frames: VoiceFrame[] = [];
    let start = 0;
    for (; start + SPAN <= all.length; start += HOP) frames.push(this.#measure(all.subarray(start, start + SPAN)));
    this.#pending = all.slice(start);
    return frames;
  }

  #measure(sound: Float32Array): VoiceFrame {
    const [frame, window, magnitudes] = [this.#frame, this.#window, this.#magnitudes];
    let squares = 0;
    for (let n = 0; n < WINDOW; n++) {
      const x = sound[SPAN - WINDOW + n]!;
      squares += x * x;
      frame[n] = x * window[n]!;
    }
    const levelDb = Math.max(-100, 10 * Math.log10(squares / WINDOW + 1e-10));
    this.#fourier.magnitudes(frame, magnitudes);
    let [low, high] = [1e-9, 1e-9];
    for (let k = LOWEST_BIN; k < magnitudes.length; k++) {
      if (k < SPLIT_BIN) low += magnitudes[k]! ** 2;
      else high += magnitudes[k]! ** 2;
    }
    this.#peakDb = Math.max(levelDb, this.#peakDb - FORGETTING);
    const pitch = levelDb < Math.max(-70, this.#peakDb - QUIETEST) ? Number.NaN : this.#pitchOf(sound);
    return { pitch, levelDb, tiltDb: 10 * Math.log10(high / low) };
  }

  #pitchOf(sound: Float32Array): number {
    const [x, correlation] = [this.#half, this.#correlation];
    let mean = 0;
    for (let n = 0; n < x.length; n++) mean += x[n] = (sound[2 * n]! + sound[2 * n + 1]!) / 2;
    mean /= x.length;
    for (let n = 0; n < x.length; n++) x[n]! -= mean;
    let energy = 0;
    for (let n = 0; n < COMPARED; n++) energy += x[n]! * x[n]!;
    let lagged = 0;
    for (let n = 0; n < COMPARED; n++) lagged += x[n + SHORTEST_LAG - 1]! ** 2;
    let [best, bestScore] = [0, Number.NEGATIVE_INFINITY];
    for (let lag = SHORTEST_LAG - 1; lag <= LONGEST_LAG; lag++) {
      let product = 0;
      for (let n = 0; n < COMPARED; n++) product += x[n]! * x[n + lag]!;
      correlation[lag] = product / Math.sqrt(energy * lagged + 1e-9);
      lagged += x[lag + COMPARED]! ** 2 - x[lag]! ** 2;
    }
    for (let lag = SHORTEST_LAG; lag < LONGEST_LAG; lag++) {
      const [a, b, c] = [correlation[lag - 1]!, correlation[lag]!, correlation[lag + 1]!];
      const score = b - OCTAVE_COST * Math.log2(lag / SHORTEST_LAG);
      if (b >= a && b >= c && b >= VOICED && score > bestScore) [best, bestScore] = [lag, score];
    }
    if (best === 0) return Number.NaN;
    const [a, b, c] = [correlation[best - 1]!, correlation[best]!, correlation[best + 1]!];
    const shift = (a - c) / (2 * (a - 2 * b + c) || 1);
    return 12 * Math.log2(HALF_RATE / (best + shift) / 55);
  }
}
