import { MEL_DEFAULTS, MelStream } from '../../audio/mel.ts';
import { VOICE_RATE, type VoiceFrame, VoiceMeter } from '../../audio/voice-meter.ts';

/** A voice and the shape of its spectrum in one frame, `VOICE_RATE` a second. */
export interface HeardFrame extends VoiceFrame {
  /** Cepstrum of the mel spectrum, c₁ … c₁₂ `[12]`; one unit of the spectrum is 12.5 dB. */
  readonly cepstrum: Float32Array;
}

const BANDS = 26;
const CEPSTRA = 12;
const SAMPLE_RATE = MEL_DEFAULTS.sampleRate;
const MEL = { ...MEL_DEFAULTS, fftSize: 512, windowSize: 400, hop: SAMPLE_RATE / VOICE_RATE, bands: BANDS, minHz: 80 };
const COSINES = Array.from({ length: CEPSTRA }, (_, c) =>
  Float64Array.from({ length: BANDS }, (_, b) => Math.cos((Math.PI * (c + 1) * (b + 0.5)) / BANDS) * (2 / BANDS)),
);

/** Hears what a voice's feeling is told by, from pieces of any size; behind by half a window of the spectrum (12.5 ms). */
export class VoiceHearer {
  readonly #meter = new VoiceMeter();
  readonly #mel = new MelStream(MEL);
  readonly #voices: VoiceFrame[] = [];
  readonly #spectra: Float32Array[] = [];

  /** @param samples 16 kHz mono. @returns the frames they complete */
  push(samples: Float32Array): HeardFrame[] {
    this.#voices.push(...this.#meter.push(samples));
    this.#spectra.push(...this.#mel.push(samples));
    const count = Math.min(this.#voices.length, this.#spectra.length);
    const spectra = this.#spectra.splice(0, count);
    return this.#voices.splice(0, count).map((voice, n) => ({ ...voice, cepstrum: cepstrumOf(spectra[n]!) }));
  }
}

/** Fewest voiced frames of which signs are taken: .4 s. */
const FEWEST = 0.4 * VOICE_RATE;
/** What is taken of the voiced frames' pitch, level and tilt: percentiles, and the mean step. */
const QUANTILES = [0.1, 0.5, 0.9] as const;

/** Numbers that `voiceSigns` gives. */
export const VOICE_SIGNS = 3 * 4 + 1 + 2 * CEPSTRA;

/**
 * Signs that also tell how a recording was made: middle of the tilt and mean cepstrum. Without a calm recording of the same
 * make they are not used.
 */
export const SIGNS_OF_RECORDING: ReadonlySet<number> = new Set([
  8,
  ...Array.from({ length: CEPSTRA }, (_, c) => VOICE_SIGNS - 2 * CEPSTRA + 2 * c),
]);

/**
 * Sums up some seconds of a voice `[37]`: of pitch (semitones), level (dB below the window's loudest) and tilt (dB) of voiced
 * frames the middle, the reach up and down from it and the mean step from frame to frame; mean length of voiced runs (s); mean
 * and deviation of the cepstrum.
 *
 * The level itself says how a recording was made and is left out; so are pauses, which the sentences learnt from lack.
 * @returns undefined if there is less than .4 s of voice
 */
export function voiceSigns(frames: readonly HeardFrame[]): Float32Array | undefined {
  const voiced = frames.filter(({ pitch }) => !Number.isNaN(pitch));
  if (voiced.length < FEWEST) return undefined;
  const loudest = quantile(
    frames.map(({ levelDb }) => levelDb),
    0.95,
  );
  const signs: number[] = [];
  for (const of of [(f: VoiceFrame) => f.pitch, (f: VoiceFrame) => f.levelDb - loudest, (f: VoiceFrame) => f.tiltDb]) {
    const [low, middle, high] = QUANTILES.map((q) => quantile(voiced.map(of), q)) as [number, number, number];
    signs.push(middle, high - middle, middle - low, meanStep(frames, of));
  }
  const runs = frames.filter(
    ({ pitch }, n) => !Number.isNaN(pitch) && Number.isNaN(frames[n - 1]?.pitch ?? Number.NaN),
  );
  signs.push(voiced.length / runs.length / VOICE_RATE);
  for (let c = 0; c < CEPSTRA; c++) {
    const mean = voiced.reduce((sum, { cepstrum }) => sum + cepstrum[c]!, 0) / voiced.length;
    const square = voiced.reduce((sum, { cepstrum }) => sum + (cepstrum[c]! - mean) ** 2, 0) / voiced.length;
    signs.push(mean, Math.sqrt(square));
  }
  return Float32Array.from(signs);
}

function cepstrumOf(spectrum: Float32Array): Float32Array {
  return Float32Array.from(COSINES, (cosine) => cosine.reduce((sum, x, b) => sum + x * spectrum[b]!, 0));
}

/** Mean size of the step between voiced neighbours. */
function meanStep(frames: readonly VoiceFrame[], of: (frame: VoiceFrame) => number): number {
  let [sum, count] = [0, 0];
  for (let n = 1; n < frames.length; n++) {
    if (Number.isNaN(frames[n]!.pitch) || Number.isNaN(frames[n - 1]!.pitch)) continue;
    sum += Math.abs(of(frames[n]!) - of(frames[n - 1]!));
    count++;
  }
  return sum / Math.max(1, count);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))]!;
}
