import { RealFourier } from './fourier.ts';

/** What a mel spectrogram is made with; every length in samples. */
export interface MelOptions {
  readonly sampleRate: number;
  /** Transform length. */
  readonly fftSize: number;
  /** Length of the periodic Hann window, centred in the transform; at most `fftSize`. */
  readonly windowSize: number;
  readonly hop: number;
  /** M, the number of mel bands. */
  readonly bands: number;
  /** Edges of the lowest and the highest band, Hz. */
  readonly minHz: number;
  readonly maxHz: number;
}

/**
 * The mel spectrogram PC-Talk and Wav2Lip hear: 80 bands, 80 frames a second, 50 ms windows.
 *
 * @source Rudrabha/Wav2Lip hparams.py
 */
export const MEL_DEFAULTS: MelOptions = Object.freeze({
  sampleRate: 16000,
  fftSize: 800,
  windowSize: 800,
  hop: 200,
  bands: 80,
  minHz: 55,
  maxHz: 7600,
});

const PRE_EMPHASIS = 0.97;

/**
 * Mel spectrogram of a signal that arrives in pieces of any size: the frames do not depend on the pieces.
 *
 * y[n] = x[n] − 0.97·x[n−1]; frame m is centred on sample m·hop with zeros outside the signal;
 * value = clip(8·(20·log10(max(1e-5, mel·|STFT y|)) − 20 + 100)/100 − 4, −4, 4), so digital silence is −4.
 *
 * @source Rudrabha/Wav2Lip audio.py with librosa's Slaney filters (zero padding)
 */
export class MelStream {
  readonly options: MelOptions;
  readonly #fourier: RealFourier;
  readonly #window: Float64Array;
  readonly #filters: readonly MelFilter[];
  readonly #frame: Float64Array;
  readonly #magnitudes: Float64Array;
  /** Pre-emphasised samples not yet left behind; `#pending[0]` is sample `#start`. */
  #pending: Float64Array;
  #count: number;
  #start: number;
  #last = 0;
  #length = 0;
  #nextFrame = 0;

  constructor(options: MelOptions = MEL_DEFAULTS) {
    const { fftSize, windowSize } = options;
    this.options = options;
    this.#fourier = new RealFourier(fftSize);
    this.#window = hann(windowSize);
    this.#filters = melFilters(options);
    this.#frame = new Float64Array(fftSize);
    this.#magnitudes = new Float64Array(fftSize / 2 + 1);
    this.#start = -windowSize / 2;
    this.#count = windowSize / 2;
    this.#pending = new Float64Array(4 * windowSize);
  }

  /** @returns the mel frames `[M]` that the new samples complete, in order, new memory. */
  push(samples: Float32Array): Float32Array[] {
    this.#reserve(samples.length);
    for (let n = 0; n < samples.length; n++) {
      const x = samples[n] as number;
      this.#pending[this.#count + n] = x - PRE_EMPHASIS * this.#last;
      this.#last = x;
    }
    this.#count += samples.length;
    this.#length += samples.length;
    return this.#drain(Number.POSITIVE_INFINITY);
  }

  /** Ends the signal. @returns the frames left, so that the stream gave 1 + floor(samples / hop) in all. */
  end(): Float32Array[] {
    const padding = this.options.windowSize;
    this.#reserve(padding);
    this.#pending.fill(0, this.#count, this.#count + padding);
    this.#count += padding;
    return this.#drain(1 + Math.floor(this.#length / this.options.hop));
  }

  #drain(frameLimit: number): Float32Array[] {
    const { hop, windowSize } = this.options;
    const frames: Float32Array[] = [];
    while (this.#nextFrame < frameLimit) {
      const offset = this.#nextFrame * hop - windowSize / 2 - this.#start;
      if (offset + windowSize > this.#count) break;
      frames.push(this.#melAt(offset));
      this.#nextFrame++;
    }
    const kept = Math.min(this.#count, Math.max(0, this.#nextFrame * hop - windowSize / 2 - this.#start));
    this.#pending.copyWithin(0, kept, this.#count);
    this.#count -= kept;
    this.#start += kept;
    return frames;
  }

  #melAt(offset: number): Float32Array {
    const { windowSize, fftSize, bands } = this.options;
    const margin = (fftSize - windowSize) / 2;
    const [pending, window, frame, magnitudes] = [this.#pending, this.#window, this.#frame, this.#magnitudes];
    for (let n = 0; n < windowSize; n++) frame[margin + n] = pending[offset + n]! * window[n]!;
    this.#fourier.magnitudes(frame, magnitudes);
    const mel = new Float32Array(bands);
    for (let band = 0; band < bands; band++) {
      const { first, weights } = this.#filters[band]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * magnitudes[first + k]!;
      mel[band] = normalise(sum);
    }
    return mel;
  }

  #reserve(extra: number): void {
    if (this.#count + extra <= this.#pending.length) return;
    const grown = new Float64Array(2 * (this.#count + extra));
    grown.set(this.#pending.subarray(0, this.#count));
    this.#pending = grown;
  }
}

/** Mel spectrogram of a whole waveform. @returns 1 + floor(N / hop) frames of `[M]`, −4 … 4. */
export function melSpectrogram(waveform: Float32Array, options: MelOptions = MEL_DEFAULTS): Float32Array[] {
  const stream = new MelStream(options);
  return [...stream.push(waveform), ...stream.end()];
}

/** One band's weights on consecutive magnitude bins from `first` on. */
export interface MelFilter {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Triangles of equal area on the Slaney mel scale (linear below 1 kHz, logarithmic above). */
export function melFilters(options: MelOptions): MelFilter[] {
  const { bands, minHz, maxHz, fftSize, sampleRate } = options;
  const low = melOfHz(minHz);
  const high = melOfHz(maxHz);
  const edges = Array.from({ length: bands + 2 }, (_, i) => hzOfMel(low + ((high - low) * i) / (bands + 1)));
  return Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = edges.slice(band, band + 3) as [number, number, number];
    const first = Math.ceil((left * fftSize) / sampleRate);
    const last = Math.min(fftSize / 2, Math.floor((right * fftSize) / sampleRate));
    const weights = Float64Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => {
      const hz = ((first + k) * sampleRate) / fftSize;
      const triangle = Math.min((hz - left) / (centre - left), (right - hz) / (right - centre));
      return (Math.max(0, triangle) * 2) / (right - left);
    });
    return { first, weights };
  });
}

function normalise(mel: number): number {
  const decibel = 20 * Math.log10(Math.max(1e-5, mel)) - 20;
  return Math.min(4, Math.max(-4, (8 * (decibel + 100)) / 100 - 4));
}

function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
}

const HZ_PER_MEL = 200 / 3;
const LOG_STEP = Math.log(6.4) / 27;
const BREAK_HZ = 1000;

function melOfHz(hz: number): number {
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_HZ / HZ_PER_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function hzOfMel(mel: number): number {
  const breakMel = BREAK_HZ / HZ_PER_MEL;
  return mel < breakMel ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - breakMel));
}
