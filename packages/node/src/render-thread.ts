import {
  type DrivenFrame,
  FRAME_SIZE,
  invariant,
  type Renderer,
  type RendererOptions,
  type RgbaImage,
  type SourceTick,
} from '@pctalk/core';
import { createMeshRenderer } from '@pctalk/core/mesh-renderer';
import { WorkerLine, workerFile } from './worker-line.ts';

/** What a drawing thread is told first. */
export interface RenderThreadSource extends RendererOptions {
  readonly crop: RgbaImage;
  readonly tick: SourceTick;
}

/** One frame to draw; `pixels` goes there and back. */
export interface DrawRequest {
  readonly frame: DrivenFrame;
  readonly pixels: ArrayBuffer;
}

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
  const file = workerFile('render-worker');
  return file === undefined ? inThisThread() : onWorker(file);
}

function inThisThread(): RenderThread {
  const pixels = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  let renderer: Renderer | undefined;
  return {
    prepare({ crop, tick, ...options }) {
      renderer = createMeshRenderer(crop, tick, options);
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

function onWorker(file: URL): RenderThread {
  const line = new WorkerLine<DrawRequest, ArrayBuffer>(file);
  const free: ArrayBuffer[] = [];
  async function* requests(frames: AsyncIterable<DrivenFrame> | Iterable<DrivenFrame>) {
    for await (const frame of frames) {
      const pixels = free.pop() ?? new ArrayBuffer(FRAME_SIZE * FRAME_SIZE * 4);
      yield { request: { frame, pixels }, transfer: [pixels] };
    }
  }
  return {
    prepare: (source) => line.tell(source),
    async *draw(frames) {
      for await (const pixels of line.askAll(requests(frames))) {
        yield new Uint8ClampedArray(pixels);
        free.push(pixels);
      }
    },
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}
