import { HEARD_RATE } from '../audio/resampler.ts';
import { PcTalkError } from '../errors.ts';
import type { Performance } from '../formats/performance.ts';
import { SPEECH_LAG_FRAMES } from '../models/speech/speech-network.ts';
import { FPS } from './director.ts';
import { type DriveParts, drive, type PerformedFrame } from './drive.ts';
import { forgetPast, type Patch, patchPerformance } from './patch.ts';
import { type Clock, Ticker } from './session-clock.ts';
import { type PushOptions, SoundQueue } from './sound-queue.ts';

/** How a session is driven. */
export interface SessionOptions {
  /** Calls for a frame 25 times a second, with sound or without. Left out, the sound is the clock: a file. */
  readonly clock?: Clock | undefined;
  /** Seconds of sound that may wait. @default 10 */
  readonly queueSeconds?: number | undefined;
}

/** A frame of a session; `driven` is overwritten by the next. */
export interface SessionFrame extends PerformedFrame {
  /** Seconds since the session's first frame. */
  readonly time: number;
  /** Which samples of the pushed sound belong to it, at 16 kHz, half open; undefined where it waits without sound. */
  readonly sound: { readonly from: number; readonly to: number } | undefined;
}

/** Where the sound stood when it was cut off. */
export interface Interruption {
  /** First sample that was not shown any more, at 16 kHz, counted over all sound pushed. */
  readonly sample: number;
}

/** Samples of a frame. */
const FRAME = HEARD_RATE / FPS;
/** Ticks that a piece of sound shorter than a frame waits for more. */
const PATIENCE = 3;

/** The sound of a frame on its way through the speech model. */
interface Heard {
  readonly from: number;
  readonly to: number;
}

/**
 * One face that speaks what is pushed: hear → direct → compose, one frame after the other. A file is a session with all its
 * sound pushed; live, frames come by the clock, speaking where there is sound and waiting where there is none. The same sound
 * and patches give the same frames for any chunking.
 */
export class Session {
  readonly #parts: DriveParts;
  readonly #queue: SoundQueue;
  readonly #ticker: Ticker | undefined;
  /** What belongs to the frames that were heard and are not yet shown. */
  readonly #heard = new Map<number, Heard>();
  /** Samples the speech model was given, those of waiting included. */
  #streamed = 0;
  #performance: Performance;
  #pending: { readonly at: number; readonly patch: Patch }[] = [];
  #nextFrame = 0;
  #shown = 0;
  #begun = false;
  #over = false;

  /** @param performance what `parts.director` was made for; patches change it. */
  constructor(parts: DriveParts, performance: Performance, options: SessionOptions = {}) {
    this.#parts = parts;
    this.#performance = performance;
    this.#queue = new SoundQueue(options.queueSeconds);
    this.#ticker = options.clock === undefined ? undefined : new Ticker(options.clock, FPS);
  }

  /** Seconds from a sample's coming to the frame that shows it. */
  get lagSeconds(): number {
    return SPEECH_LAG_FRAMES / FPS;
  }

  /** The performance as patches have made it; what is past may be left out. */
  get performance(): Performance {
    return this.#performance;
  }

  /** Whether its frames have ended, or whoever read them has left. */
  get over(): boolean {
    return this.#over;
  }

  /** Seconds of sound that wait to be spoken. */
  get queuedSeconds(): number {
    return this.#queue.length / HEARD_RATE;
  }

  /** See `SoundQueue.push`. */
  push(samples: Float32Array, options?: PushOptions): Promise<void> {
    return this.#queue.push(samples, options);
  }

  /** Says that no more sound comes: frames end with what waits. */
  end(): void {
    this.#queue.end();
  }

  /** Ends the frames with an error of whoever makes the sound. */
  fail(error: unknown): void {
    this.#queue.fail(error);
  }

  /**
   * Drops the sound that is not shown yet; the mouth goes to rest within five frames. More may be pushed at once.
   * @returns where the sound stood
   */
  interrupt(): Interruption {
    this.#queue.clear();
    const [first] = this.#heard.values();
    this.#parts.director.hush(Math.ceil(this.#streamed / FRAME) - this.#nextFrame);
    this.#heard.clear();
    return { sample: first?.from ?? this.#shown };
  }

  /**
   * Changes controls, eased.
   * @param at session time at which the change begins, seconds. @default the next frame
   * @throws `patch-refused` for what cannot change or a time that is past, `session-ended`; what `parsePerformance` throws is
   * the caller's to ask for
   */
  patch(patch: Patch, at: number = this.#nextFrame / FPS): void {
    if (this.#over) throw new PcTalkError('session-ended', 'patch: expected an open session, got one that has ended');
    if (!(at >= this.#nextFrame / FPS)) {
      const message = `patch: expected a time from ${(this.#nextFrame / FPS).toFixed(2)} s on, got ${at}; leave it out for the next frame`;
      throw new PcTalkError('patch-refused', message, { details: { at } });
    }
    patchPerformance(this.#performance, patch, at); // refuses now rather than later
    this.#pending.push({ at, patch });
    this.#pending.sort((a, b) => a.at - b.at);
  }

  /** The frames, in order. May be asked for once; leaving the loop closes the session. */
  async *frames(): AsyncGenerator<SessionFrame> {
    if (this.#begun) throw new PcTalkError('session-busy', 'session: expected one reader of its frames, got a second');
    this.#begun = true;
    try {
      const beforeFrame = (frameIndex: number) => this.#applyPatches(frameIndex);
      for await (const frame of drive(this.#blocks(), { ...this.#parts, beforeFrame })) {
        const sound = this.#heard.get(frame.frameIndex);
        this.#heard.delete(frame.frameIndex);
        if (sound !== undefined) this.#shown = sound.to;
        yield { ...frame, time: frame.frameIndex / FPS, sound };
      }
    } finally {
      this.#over = true;
      this.#queue.close();
    }
  }

  #applyPatches(frameIndex: number): void {
    this.#nextFrame = frameIndex + 1;
    const time = frameIndex / FPS;
    if (!(this.#pending[0] && this.#pending[0].at <= time)) return;
    while (this.#pending[0] && this.#pending[0].at <= time) {
      const { patch, at } = this.#pending.shift()!;
      this.#performance = forgetPast(patchPerformance(this.#performance, patch, at), time);
    }
    this.#parts.director.setPerformance(this.#performance);
  }

  /** Sound for the loop: what was pushed as it comes, or by the clock a frame at a time. */
  #blocks(): AsyncGenerator<Float32Array> {
    return this.#ticker === undefined ? this.#pushed() : this.#ticked(this.#ticker);
  }

  async *#pushed(): AsyncGenerator<Float32Array> {
    for (;;) {
      await this.#queue.ready();
      const sound = this.#queue.take(FRAME);
      if (sound === undefined) return;
      this.#note(sound.samples.length, sound.from);
      yield sound.samples;
    }
  }

  async *#ticked(ticker: Ticker): AsyncGenerator<Float32Array> {
    for (let waited = 0; ; ) {
      await ticker.next();
      const enough =
        this.#queue.length >= FRAME || this.#queue.ended || (this.#queue.length > 0 && ++waited > PATIENCE);
      const sound = enough ? this.#queue.take(FRAME) : undefined;
      if (sound === undefined && this.#queue.ended) return;
      if (sound !== undefined) waited = 0;
      const block = new Float32Array(FRAME);
      if (sound !== undefined) block.set(sound.samples);
      this.#note(sound?.samples.length ?? 0, sound?.from ?? 0);
      this.#streamed += FRAME - (sound?.samples.length ?? 0);
      yield block;
    }
  }

  /** Notes which frames the next samples of the stream belong to. @param from place of the first in all sound pushed. */
  #note(length: number, from: number): void {
    for (let done = 0; done < length; ) {
      const frame = Math.floor(this.#streamed / FRAME);
      const part = Math.min(length - done, (frame + 1) * FRAME - this.#streamed);
      const known = this.#heard.get(frame);
      this.#heard.set(frame, { from: known?.from ?? from + done, to: from + done + part });
      this.#streamed += part;
      done += part;
    }
  }
}

/**
 * Speaks a whole sound: pushes it as there is room and gives the frames.
 * @param audio 16 kHz mono, in pieces of any size.
 */
export async function* speak(
  session: Session,
  audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): AsyncGenerator<SessionFrame> {
  const fed = feed(session, audio);
  try {
    yield* session.frames();
  } finally {
    await fed;
  }
}

async function feed(session: Session, audio: AsyncIterable<Float32Array> | Iterable<Float32Array>): Promise<void> {
  try {
    for await (const samples of audio) {
      if (session.over) return;
      await session.push(samples);
    }
    if (!session.over) session.end();
  } catch (error) {
    session.fail(error);
  }
}
