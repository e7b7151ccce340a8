import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type DrivenFrame, FRAME_SIZE, invariant, type Renderer, type RgbaImage, type SourceTick } from '@pctalk/core';
import { createMeshRenderer } from '@pctalk/core/mesh-renderer';

/** What a drawing thread is told first. */
export interface RenderThreadSource {
  readonly crop: RgbaImage;
  readonly tick: SourceTick;
}

/** One frame to draw; `pixels` goes there and back. */
export interface DrawRequest {
  readonly frame: DrivenFrame;
  readonly pixels: ArrayBuffer;
}

/** Frames under way at once: enough to keep the thread busy while frames are written, few enough for memory. */
const DEPTH = 4;
const WORKER = new URL('./render-worker.js', import.meta.url);

/** The mesh renderer on a thread of its own. Who creates it disposes it. */
export interface RenderThread extends AsyncDisposable {
  /** Gives the thread its source: once, before `draw`. */
  prepare(source: RenderThreadSource): void;
  /**
   * Draws frames in order, a few ahead of the reader.
   * @returns RGBA `[512 × 512 × 4]`; a frame is overwritten once the next is asked for.
   */
  draw(frames: AsyncIterable<DrivenFrame> | Iterable<DrivenFrame>): AsyncGenerator<Uint8ClampedArray>;
}

/** Starts the thread. Run from TypeScript sources there is no worker file: then it draws in this thread, the same bytes. */
export function startRenderThread(): RenderThread {
  return existsSync(fileURLToPath(WORKER)) ? new WorkerThread() : inThisThread();
}

function inThisThread(): RenderThread {
  const pixels = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  let renderer: Renderer | undefined;
  return {
    prepare({ crop, tick }) {
      renderer = createMeshRenderer(crop, tick);
    },
    async *draw(frames) {
      for await (const frame of frames) {
        invariant(renderer !== undefined, 'a drawing thread was not given its source');
        renderer.render(frame, pixels);
        yield pixels;
      }
    },
    [Symbol.asyncDispose]: async () => renderer?.[Symbol.dispose](),
  };
}

class WorkerThread implements RenderThread {
  readonly #worker: Worker;
  readonly #free: ArrayBuffer[] = [];
  readonly #waiting: { resolve(pixels: ArrayBuffer): void; reject(cause: unknown): void }[] = [];
  #failure: unknown;

  constructor() {
    this.#worker = new Worker(WORKER, { execArgv: [] }); // Compiled code: whatever loads sources is not for it.
    this.#worker.on('message', (pixels: ArrayBuffer) => this.#waiting.shift()?.resolve(pixels));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#worker.on('exit', () => this.#fail(new Error('pctalk bug: the drawing thread ended early')));
  }

  prepare(source: RenderThreadSource): void {
    this.#worker.postMessage(source);
  }

  async *draw(frames: AsyncIterable<DrivenFrame> | Iterable<DrivenFrame>): AsyncGenerator<Uint8ClampedArray> {
    const underWay: Promise<ArrayBuffer>[] = [];
    for await (const frame of frames) {
      underWay.push(this.#request(frame));
      if (underWay.length >= DEPTH) yield* this.#hand(underWay.shift()!);
    }
    for (const drawn of underWay) yield* this.#hand(drawn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.removeAllListeners('exit');
    await this.#worker.terminate();
  }

  async *#hand(drawn: Promise<ArrayBuffer>): AsyncGenerator<Uint8ClampedArray> {
    const pixels = await drawn;
    yield new Uint8ClampedArray(pixels);
    this.#free.push(pixels);
  }

  #request(frame: DrivenFrame): Promise<ArrayBuffer> {
    const drawn = new Promise<ArrayBuffer>((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      else this.#waiting.push({ resolve, reject });
    });
    drawn.catch(() => {}); // The reader hears of it when it comes to this frame.
    const pixels = this.#free.pop() ?? new ArrayBuffer(FRAME_SIZE * FRAME_SIZE * 4);
    const request: DrawRequest = { frame, pixels };
    this.#worker.postMessage(request, [pixels]);
    return drawn;
  }

  #fail(cause: unknown): void {
    this.#failure = cause;
    for (const { reject } of this.#waiting.splice(0)) reject(cause);
  }
}
