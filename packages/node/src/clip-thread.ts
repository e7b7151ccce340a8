import type { ClipParts, DrawnTick, DrivenFrame, I420Image } from '@pctalk/core';
import { ClipDub } from '@pctalk/core/clip-dub';
import { WorkerLine, workerFile } from './worker-line.ts';

/** One frame of a clip to be dubbed. */
export interface DubRequest {
  /** Drawn into; it goes to the thread. */
  readonly picture: I420Image;
  readonly tick: DrawnTick;
  readonly driven: DrivenFrame;
}

/** What the thread is told first. */
export interface DubThreadSource {
  readonly parts: ClipParts;
}

/** Dubs frames on a thread of its own. Who creates it disposes it. */
export interface ClipThread extends AsyncDisposable {
  /** Draws frames in order, a few ahead of the reader. @param frames each may be overwritten by the next, except its picture. */
  draw(frames: AsyncIterable<DubRequest>): AsyncGenerator<I420Image>;
}

/** Starts the thread; in this one, to the same bytes, where the program runs from TypeScript sources. */
export function startClipThread(parts: ClipParts): ClipThread {
  const file = workerFile('clip-worker');
  return file === undefined ? inThisThread(parts) : onWorker(file, parts);
}

function inThisThread(parts: ClipParts): ClipThread {
  const dub = new ClipDub(parts);
  return {
    async *draw(frames) {
      for await (const { picture, tick, driven } of frames) {
        dub.draw(picture, tick, driven);
        yield picture;
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

function onWorker(file: URL, parts: ClipParts): ClipThread {
  const line = new WorkerLine<DubRequest, I420Image>(file);
  const source: DubThreadSource = { parts };
  line.tell(source);
  async function* requests(frames: AsyncIterable<DubRequest>) {
    for await (const { picture, tick, driven } of frames) {
      const { window, observed, strength, keepsEyes } = tick;
      const request = { picture, tick: { window, observed, strength, keepsEyes }, driven };
      yield { request, transfer: [picture.data.buffer as ArrayBuffer] };
    }
  }
  return {
    draw: (frames) => line.askAll(requests(frames)),
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}
