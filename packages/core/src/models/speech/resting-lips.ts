import { smoothstep } from '../../math/smoothstep.ts';

/** Frames of silence after which the lips begin to fall shut, and in which they do: .16 and .32 s. */
const HELD_FRAMES = 4;
const FALL_FRAMES = 8;
/** Frames of certain speech after which the lips are free. */
const ENOUGH = 1;
/** Share of the evidence that a frame at rest leaves. */
const KEPT = 0.7;

/**
 * How far the lips are at rest. Between words they stay as they are; where nothing is said for longer they fall shut
 * within half a second; they are shut before the first word, and leave rest with the evidence that somebody speaks, so that a hum or a
 * knock does not open them. It waits for nothing.
 *
 *     quiet ← s² · (quiet + 1)                            frames of silence so far; s posterior of silence
 *     ρ = smoothstep((quiet − HELD) / FALL)
 *     e ← min(1, e · (1 − ρ (1 − KEPT)) + 1 − s)          evidence of speech, frames
 *     free = smoothstep(e) · (1 − ρ)
 */
export class RestingLips {
  #quiet = HELD_FRAMES + FALL_FRAMES;
  #evidence = 0;

  /** @param silence posterior of no speech in this frame, 0 … 1. @returns how free the lips are, 0 at rest … 1. */
  next(silence: number): number {
    this.#quiet = Math.min(HELD_FRAMES + FALL_FRAMES, silence * silence * (this.#quiet + 1));
    const rest = smoothstep((this.#quiet - HELD_FRAMES) / FALL_FRAMES);
    this.#evidence = Math.min(ENOUGH, this.#evidence * (1 - rest * (1 - KEPT)) + 1 - silence);
    return smoothstep(this.#evidence / ENOUGH) * (1 - rest);
  }
}
