import { checkInUse, PcTalkError } from '@pctalk/core';
import {
  type FromWorker,
  fromWire,
  type TalkerFrame,
  type TalkerRequest,
  type TalkerResults,
  type ToWorker,
} from './talker-protocol.ts';

/** Who hears of a take while it is made. */
export interface TakeListeners {
  readonly onFrame?: ((frame: TalkerFrame) => void | Promise<void>) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Pending extends TakeListeners {
  resolve(result: TalkerResults[keyof TalkerResults]): void;
  reject(error: unknown): void;
}

/** The page's end of the line to a talker's worker: questions out, answers, frames and progress in. */
export class WorkerLine {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hear(data);
    worker.onerror = (event) => {
      for (const { reject } of this.#pending.values())
        reject(new Error(`talker worker: ${event.message ?? 'its script did not load'}`));
      this.#pending.clear();
    };
  }

  /** @throws what the worker threw; cancelled; usage once it is closed */
  ask<R extends TalkerRequest>(request: R, listeners: TakeListeners = {}): Promise<TalkerResults[R['kind']]> {
    checkInUse(!this.#closed, 'talker');
    const id = this.#nextId++;
    const { signal } = listeners;
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    const cancel = () => this.#send({ id, cancel: true });
    signal?.addEventListener('abort', cancel);
    const answer = new Promise<TalkerResults[R['kind']]>((resolve, reject) => {
      this.#pending.set(id, { ...listeners, resolve: resolve as Pending['resolve'], reject });
    });
    this.#send({ id, request });
    return answer.finally(() => signal?.removeEventListener('abort', cancel));
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Ends the worker; whatever was asked is cancelled. */
  close(): void {
    this.#closed = true;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values())
      reject(new PcTalkError('cancelled', 'cancelled: the talker was closed'));
    this.#pending.clear();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if ('progress' in message) pending.onProgress?.(message.progress.done, message.progress.total);
    else if ('frame' in message) void this.#pass(message.id, pending, message.frame);
    else {
      this.#pending.delete(message.id);
      if ('error' in message) pending.reject(fromWire(message.error));
      else pending.resolve(message.result);
    }
  }

  async #pass(id: number, pending: Pending, frame: TalkerFrame): Promise<void> {
    try {
      await pending.onFrame?.(frame);
      this.#send({ id, taken: true });
    } catch (error) {
      this.#pending.delete(id);
      this.#send({ id, cancel: true });
      pending.reject(error);
    }
  }
}

function cancelled(signal: AbortSignal): PcTalkError {
  return new PcTalkError('cancelled', 'cancelled: nothing was written', { cause: signal.reason });
}
