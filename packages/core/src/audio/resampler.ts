import { PcTalkError } from '../errors.ts';

/** Rate that every model hears, samples a second. */
export const HEARD_RATE = 16_000;
/** Rates that are taken, samples a second. */
export const SAMPLE_RATES = [4000, 384_000] as const;

/** Zero crossings of the kernel on either side, and the shape of its window (Kaiser's β: −80 dB). */
const CROSSINGS = 16;
const BETA = 8;
/** Passband as a share of the lower of both Nyquist frequencies. */
const PASSBAND = 0.92;
/** Most phases that are kept; a ratio that needs more takes the nearest, an error below −66 dB. */
const MOST_PHASES = 2000;

/**
 * Brings sound of any rate to 16 kHz, in pieces of any size: the same samples for any pieces. No delay: output n stands for
 * input time n / 16000, and what it needs beyond the sound so far is waited for.
 *
 * y[n] = Σ_k x[k] · h(n · r − k), r = rate / 16000, h a sinc cut off below both Nyquist frequencies under a Kaiser window.
 */
export class Resampler {
  readonly #ratio: number;
  readonly #reach: number;
  readonly #phases: number;
  readonly #kernels: (Float64Array | undefined)[];
  readonly #cutoff: number;
  #kept = new Float32Array(0);
  /** Input index of the first kept sample. */
  #start = 0;
  #received = 0;
  #next = 0;

  /** @param rate samples a second. @throws `value-out-of-range` if it is not a whole number from 4000 to 384000. */
  constructor(rate: number) {
    const [least, most] = SAMPLE_RATES;
    if (!Number.isInteger(rate) || rate < least || rate > most) {
      const message = `sample rate: expected a whole number from ${least} to ${most}, got ${rate}; say at which rate the sound was recorded`;
      throw new PcTalkError('value-out-of-range', message, { details: { rate } });
    }
    this.#ratio = rate / HEARD_RATE;
    this.#cutoff = Math.min(1, 1 / this.#ratio) * PASSBAND;
    this.#reach = Math.ceil(CROSSINGS / this.#cutoff);
    this.#phases = Math.min(MOST_PHASES, HEARD_RATE / gcd(rate, HEARD_RATE));
    this.#kernels = new Array(this.#phases + 1);
  }

  /** @param samples mono, −1 … 1. @returns the 16 kHz samples they complete. */
  push(samples: Float32Array): Float32Array {
    if (this.#ratio === 1) return samples.slice();
    this.#received += samples.length;
    const kept = new Float32Array(this.#kept.length + samples.length);
    kept.set(this.#kept);
    kept.set(samples, this.#kept.length);
    this.#kept = kept;
    return this.#take(Math.floor((this.#received - 1 - this.#reach) / this.#ratio) + 1);
  }

  /** Ends the sound. @returns the samples left: ceil(received / ratio) in all. */
  end(): Float32Array {
    return this.#ratio === 1 ? new Float32Array(0) : this.#take(Math.ceil(this.#received / this.#ratio));
  }

  #take(until: number): Float32Array {
    const out = new Float32Array(Math.max(0, until - this.#next));
    for (let i = 0; i < out.length; i++) out[i] = this.#at(this.#next++);
    const needed = Math.floor(this.#next * this.#ratio) - this.#reach;
    const drop = Math.min(this.#kept.length, Math.max(0, needed - this.#start));
    this.#kept = this.#kept.slice(drop);
    this.#start += drop;
    return out;
  }

  #at(n: number): number {
    const place = n * this.#ratio;
    let whole = Math.floor(place);
    let phase = Math.round((place - whole) * this.#phases);
    if (phase === this.#phases) [whole, phase] = [whole + 1, 0];
    const kernel = (this.#kernels[phase] ??= this.#kernelOf(phase / this.#phases));
    const first = whole - this.#reach - this.#start;
    let sum = 0;
    for (let k = Math.max(0, -first); k < kernel.length && first + k < this.#kept.length; k++) {
      sum += kernel[k]! * this.#kept[first + k]!;
    }
    return sum;
  }

  /** Weights of the samples whole − reach … whole + reach for an output `fraction` behind `whole`. */
  #kernelOf(fraction: number): Float64Array {
    const kernel = Float64Array.from({ length: 2 * this.#reach + 1 }, (_, k) => {
      const t = (k - this.#reach - fraction) * this.#cutoff;
      return this.#cutoff * sinc(t) * kaiser(t / CROSSINGS);
    });
    const sum = kernel.reduce((a, b) => a + b, 0);
    return kernel.map((weight) => weight / sum);
  }
}

/** A whole sound at 16 kHz. @param samples mono at `rate`. */
export function resample(samples: Float32Array, rate: number): Float32Array {
  const resampler = new Resampler(rate);
  const [body, rest] = [resampler.push(samples), resampler.end()];
  const out = new Float32Array(body.length + rest.length);
  out.set(body);
  out.set(rest, body.length);
  return out;
}

function sinc(t: number): number {
  return t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
}

function kaiser(t: number): number {
  return Math.abs(t) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - t * t)) / bessel(BETA);
}

/** Modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; k < 40; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
