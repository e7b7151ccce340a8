import type { RgbaImage } from '@pctalk/core';
import type { Sound } from './audio.ts';

/** Options of `createPlayer`. */
export interface PlayerOptions {
  /** Frames are drawn here at their own size. */
  readonly canvas: HTMLCanvasElement;
  /** Played from its start with the first frame. */
  readonly sound: Sound;
  /** Frames a second. */
  readonly frameRate: number;
  /** Frames held before playing starts; `push` waits at twice as many. */
  readonly bufferFrames?: number;
}

/** What `createPlayer` does when not told otherwise. */
export const PLAYER_DEFAULTS = Object.freeze({ bufferFrames: 25 });

/** Shows frames in time with their sound. */
export interface Player {
  /** Appends a frame; resolves when there is room for the next. */
  push(frame: RgbaImage): Promise<void>;
  /** No more frames will come. @returns when the last has been shown and the sound is over. */
  end(): Promise<void>;
  /** Silences and forgets everything. */
  stop(): Promise<void>;
}

/**
 * Plays a talking face while it is being rendered. The sound is the clock; when frames are late, both wait.
 * Browsers start sound only after a gesture: call it from a click.
 */
export function createPlayer(options: PlayerOptions): Player {
  return new QueuePlayer(options);
}

class QueuePlayer implements Player {
  readonly #audio = new AudioContext();
  readonly #context: CanvasRenderingContext2D;
  readonly #options: Required<PlayerOptions>;
  readonly #queue: RgbaImage[] = [];
  readonly #duration: number;
  #room: (() => void) | undefined;
  #finished: (() => void) | undefined;
  #start: number | undefined;
  #shown = 0;
  #ended = false;
  #stopped = false;

  constructor(options: PlayerOptions) {
    this.#options = { ...PLAYER_DEFAULTS, ...options };
    this.#context = options.canvas.getContext('2d') as CanvasRenderingContext2D;
    this.#duration = options.sound.channels[0]!.length / options.sound.sampleRate;
    requestAnimationFrame(this.#tick);
  }

  async push(frame: RgbaImage): Promise<void> {
    this.#queue.push(frame);
    if (this.#start === undefined && this.#queue.length >= this.#options.bufferFrames) this.#play();
    if (this.#stopped || this.#queue.length < 2 * this.#options.bufferFrames) return;
    await new Promise<void>((resolve) => (this.#room = resolve));
  }

  end(): Promise<void> {
    this.#ended = true;
    if (this.#start === undefined) this.#play();
    return new Promise((resolve) => (this.#finished = resolve));
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#queue.length = 0;
    this.#room?.();
    this.#finished?.();
    await this.#audio.close();
  }

  #play(): void {
    const { channels, sampleRate } = this.#options.sound;
    const buffer = new AudioBuffer({ length: channels[0]!.length, numberOfChannels: channels.length, sampleRate });
    for (const [c, channel] of channels.entries()) buffer.getChannelData(c).set(channel);
    const source = new AudioBufferSourceNode(this.#audio, { buffer });
    source.connect(this.#audio.destination);
    this.#start = this.#audio.currentTime;
    source.start(this.#start);
    this.#letSound('resume');
  }

  readonly #tick = (): void => {
    if (this.#stopped) return;
    requestAnimationFrame(this.#tick);
    if (this.#start === undefined) return;
    const time = this.#audio.currentTime - this.#start - this.#audio.outputLatency;
    const due = Math.floor(time * this.#options.frameRate);
    this.#show(due);
    this.#waitForFrames(due);
    if (this.#ended && this.#queue.length === 0 && time >= this.#duration) {
      this.#finished?.();
      void this.stop();
    }
  };

  /** Draws the newest frame that is due. */
  #show(due: number): void {
    let frame: RgbaImage | undefined;
    while (this.#queue.length > 0 && this.#shown <= due) {
      frame = this.#queue.shift();
      this.#shown++;
    }
    if (frame === undefined) return;
    const { canvas } = this.#options;
    if (canvas.width !== frame.width) canvas.width = frame.width;
    if (canvas.height !== frame.height) canvas.height = frame.height;
    this.#context.putImageData(new ImageData(frame.data as ImageDataArray, frame.width, frame.height), 0, 0);
    this.#room?.();
    this.#room = undefined;
  }

  #waitForFrames(due: number): void {
    const starved = !this.#ended && due >= this.#shown && this.#queue.length === 0;
    if (starved && this.#audio.state === 'running') this.#letSound('suspend');
    if (!starved && this.#audio.state === 'suspended') this.#letSound('resume');
  }

  #letSound(change: 'resume' | 'suspend'): void {
    this.#audio[change]().catch(() => undefined); // Stopping the player rejects what is pending.
  }
}
