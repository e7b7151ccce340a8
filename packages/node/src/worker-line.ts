import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';
import { disposed } from '@pctalk/core';

/** Frames under way at once: enough to keep the thread busy while frames are written, few enough for memory. */
const DEPTH = 4;

/** A request, and what of it goes over to the thread instead of being copied. */
export interface LineRequest<Request> {
  readonly request: Request;
  readonly transfer: readonly Transferable[];
}

/** A thread that answers requests in order. Who creates it disposes it. */
export class WorkerLine<Request, Answer> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting: { resolve(answer: Answer): void; reject(cause: unknown): void }[] = [];
  #failure: unknown;

  /** @param file compiled code of the thread. */
  constructor(file: URL) {
    this.#worker = new Worker(file, { execArgv: [] }); // Compiled code: whatever loads sources is not for it.
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#worker.on('exit', () => this.#fail(new Error('pctalk bug: the drawing thread ended early')));
  }

  /** Tells the thread something that has no answer. */
  tell(message: unknown): void {
    this.#worker.postMessage(message);
  }

  /** Asks for all, a few ahead of the reader. @param requests copied as they come, so each may be overwritten by the next. */
  async *askAll(
    requests: AsyncIterable<LineRequest<Request>> | Iterable<LineRequest<Request>>,
  ): AsyncGenerator<Answer> {
    const underWay: Promise<Answer>[] = [];
    for await (const one of requests) {
      underWay.push(this.#ask(one));
      if (underWay.length >= DEPTH) yield await underWay.shift()!;
    }
    for (const answer of underWay) yield await answer;
  }

  #ask({ request, transfer }: LineRequest<Request>): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      else this.#waiting.push({ resolve, reject });
    });
    answer.catch(() => {}); // The reader hears of it when it comes to this frame.
    this.#worker.postMessage(request, [...transfer]);
    return answer;
  }

  #fail(cause: unknown): void {
    this.#failure ??= cause;
    for (const { reject } of this.#waiting.splice(0)) reject(cause);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.removeAllListeners('exit');
    this.#fail(disposed('drawing thread'));
    await this.#worker.terminate();
  }
}

/** The compiled file of a thread; undefined where the program runs from TypeScript sources and there is none. */
export function workerFile(name: string): URL | undefined {
  const file = new URL(`./${name}.js`, import.meta.url);
  return existsSync(fileURLToPath(file)) ? file : undefined;
}
