import { PcTalkError } from '@pctalk/core';
import { printError } from './print.ts';

/** Exit status of a program that was asked to stop, as shells have it: 128 and the signal's number. */
const STOPS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof STOPS;
const STOP_SIGNALS = Object.keys(STOPS) as StopSignal[];

/**
 * How long the work may take to tidy up by itself, milliseconds. Then the program ends; what `atExit` of @pctalk/node knows
 * of is undone all the same.
 */
const GRACE_MS = 500;

/** A signal that Ctrl-C, a hang-up or a request to end aborts, so that the work tidies up before the program ends. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

const running = new Set<AbortController>();
let stoppedBy: StopSignal | undefined;
let readerLeft = false;

/** Whether who reads stdout, such as `head`, has seen enough. */
export function hasReaderLeft(): boolean {
  return readerLeft;
}

/** Stops the work for want of a reader, so that it tidies up first. */
export function stopForReader(): void {
  readerLeft = true;
  stopWork(new Error('EPIPE'), () => process.exit(0));
}

/** Listens until disposed. A second Ctrl-C ends the program at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  if (running.size === 0) {
    stoppedBy = undefined;
    for (const name of STOP_SIGNALS) process.on(name, stop);
  }
  running.add(controller);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      running.delete(controller);
      if (running.size === 0) for (const name of STOP_SIGNALS) process.off(name, stop);
    },
  };
}

/**
 * Prints that the program was stopped, if it was: whatever goes wrong after that is its consequence.
 * @returns the exit status, or undefined if nobody has asked it to stop
 */
export function reportStop(options: { readonly debug: boolean }, cause?: unknown): number | undefined {
  if (stoppedBy === undefined) return undefined;
  const message = `cancelled: stopped by ${stoppedBy}; nothing was written`;
  printError(new PcTalkError('cancelled', message, { cause }), options);
  return STOPS[stoppedBy];
}

function stop(name: NodeJS.Signals): void {
  const end = (): never => process.exit(reportStop({ debug: false }));
  if (stoppedBy !== undefined) end();
  stoppedBy = name as StopSignal;
  stopWork(new Error(name), end);
}

function stopWork(reason: Error, end: () => never): void {
  if (running.size === 0) end();
  for (const controller of running) controller.abort(reason);
  setTimeout(() => (running.size > 0 ? end() : process.exit()), GRACE_MS).unref();
}
