import { HEARD_RATE, Resampler } from '../audio/resampler.ts';
import { PcTalkError } from '../errors.ts';

/** Seconds of sound that wait to be spoken before whoever brings more has to wait. */
export const QUEUE_SECONDS = 10;

/** A stretch of queued sound. */
export interface QueuedSound {
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  /** Place of its first sample in all sound that was pushed, 16 kHz samples. */
  readonly from: number;
}

/** One chunk on its way in. */
export interface PushOptions {
  /** Samples a second. @default 16000 */
  readonly rate?: number | undefined;
  /** Wait for room; without, a full queue is an error. @default true */
  readonly wait?: boolean | undefined;
}

/**
 * Sound between who makes it and the loop that speaks it: chunks of any size and rate, resampled to 16 kHz, bounded. One
 * producer; it waits while the queue is full.
 */
export class SoundQueue {
  readonly #pieces: Float32Array[] = [];
  readonly #capacity: number;
  #length = 0;
  #taken = 0;
  #resampler: { readonly rate: number; readonly resampler: Resampler } | undefined;
  #pushing = false;
  #state: 'open' | 'ended' | 'closed' = 'open';
  #failure: unknown;
  #room: (() => void) | undefined;
  #sound: (() => void) | undefined;

  /** @param seconds of sound that may wait. */
  constructor(seconds: number = QUEUE_SECONDS) {
    this.#capacity = seconds * HEARD_RATE;
  }

  /** Samples that wait, 16 kHz. */
  get length(): number {
    return this.#length;
  }

  /** Whether no more will come: what is left may be spoken to its end. */
  get ended(): boolean {
    return this.#state !== 'open';
  }

  /**
   * Adds a chunk; resolves once there is room for another.
   * @param samples mono, −1 … 1; copied.
   * @throws `session-ended` after `end`; `session-busy` while another push waits; `queue-full`; `value-out-of-range` for a rate
   * that is none; `audio-unreadable` for samples that are no numbers
   */
  async push(samples: Float32Array, { rate = HEARD_RATE, wait = true }: PushOptions = {}): Promise<void> {
    this.#check(samples);
    if (!wait && this.#length >= this.#capacity) {
      const message = `sound: expected room in the queue, got ${(this.#length / HEARD_RATE).toFixed(1)} s that wait; push later, or wait for the push before`;
      throw new PcTalkError('queue-full', message);
    }
    if (this.#resampler?.rate !== rate) {
      if (this.#resampler !== undefined) this.#add(this.#resampler.resampler.end());
      this.#resampler = { rate, resampler: new Resampler(rate) };
    }
    this.#add(this.#resampler.resampler.push(samples));
    if (!wait) return;
    this.#pushing = true;
    try {
      while (this.#length > this.#capacity && this.#state === 'open') {
        await new Promise<void>((resolve) => {
          this.#room = resolve;
        });
      }
    } finally {
      this.#pushing = false;
    }
  }

  /** Says that no more comes. @throws `session-ended` the second time */
  end(): void {
    this.#refuseEnded();
    if (this.#resampler !== undefined) this.#add(this.#resampler.resampler.end());
    this.#state = 'ended';
    this.#wake();
  }

  /** Ends it with an error that whoever takes will get. */
  fail(error: unknown): void {
    this.#failure = error;
    this.#state = 'closed';
    this.#wake();
  }

  /** Drops what waits and takes no more: for whoever stops taking. */
  close(): void {
    this.#state = 'closed';
    this.clear();
    this.#wake();
  }

  /** Drops what waits; more may be pushed. */
  clear(): void {
    this.#taken += this.#length;
    this.#pieces.length = 0;
    this.#length = 0;
    this.#resampler = undefined;
    this.#room?.();
  }

  /** Resolves when there is sound, or none will come. */
  async ready(): Promise<void> {
    while (this.#length === 0 && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#sound = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Takes up to so many samples; undefined if none wait. */
  take(most: number): QueuedSound | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#length === 0) return undefined;
    const samples = new Float32Array(Math.min(most, this.#length));
    for (let at = 0; at < samples.length; ) {
      const piece = this.#pieces[0]!;
      const part = piece.subarray(0, samples.length - at);
      samples.set(part, at);
      at += part.length;
      if (part.length === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(part.length);
    }
    const from = this.#taken;
    this.#taken += samples.length;
    this.#length -= samples.length;
    if (this.#length <= this.#capacity) this.#room?.();
    return { samples, from };
  }

  #add(samples: Float32Array): void {
    if (samples.length === 0) return;
    this.#pieces.push(samples);
    this.#length += samples.length;
    this.#sound?.();
  }

  #check(samples: Float32Array): void {
    this.#refuseEnded();
    if (this.#pushing) {
      const message =
        'sound: expected one chunk at a time, got a second while the first waits for room; await each push';
      throw new PcTalkError('session-busy', message);
    }
    if (samples.every(Number.isFinite)) return;
    throw new PcTalkError(
      'audio-unreadable',
      'sound: expected samples from −1 to 1, got NaN or infinity; check the chunk',
    );
  }

  #refuseEnded(): void {
    if (this.#state === 'open') return;
    throw new PcTalkError('session-ended', 'sound: expected an open session, got one that has ended; open another');
  }

  #wake(): void {
    this.#sound?.();
    this.#room?.();
  }
}
