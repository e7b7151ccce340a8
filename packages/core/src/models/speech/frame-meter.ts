import { VoiceMeter } from '../../audio/voice-meter.ts';
import { SPEECH_TIMING } from './speech-network.ts';

/** What is measured, not predicted, of one frame's own 40 ms of sound. */
export interface MeteredFrame {
  /** Level, dB re full scale (a full-scale sine is −3), at least −100. */
  readonly levelDb: number;
  /** Pitch, semitones above 55 Hz; NaN where there is no voice. */
  readonly pitch: number;
  /** Energy above 500 Hz over energy below, dB: rises with vocal effort. */
  readonly tiltDb: number;
}

const { frameSamples } = SPEECH_TIMING;

/** Measures sound in pieces of any size, frame by frame; causal, the same for any pieces. */
export class FrameMeter {
  readonly #meter = new VoiceMeter();
  readonly #frame = new Float32Array(frameSamples);
  #filled = 0;

  /** @param samples 16 kHz mono. @returns the frames they complete. */
  push(samples: Float32Array): MeteredFrame[] {
    const frames: MeteredFrame[] = [];
    for (let from = 0; from < samples.length; ) {
      const piece = samples.subarray(from, from + frameSamples - this.#filled);
      this.#frame.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled < frameSamples) break;
      this.#filled = 0;
      frames.push(this.#measure());
    }
    return frames;
  }

  #measure(): MeteredFrame {
    let squares = 0;
    for (let n = 0; n < frameSamples; n++) squares += this.#frame[n]! ** 2;
    const voice = this.#meter.push(this.#frame);
    const voiced = voice.filter(({ pitch }) => !Number.isNaN(pitch));
    return {
      levelDb: Math.max(-100, 10 * Math.log10(squares / frameSamples + 1e-10)),
      pitch: mean(voiced.map(({ pitch }) => pitch)),
      tiltDb: mean(voice.map(({ tiltDb }) => tiltDb)),
    };
  }
}

/** NaN of nothing. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
