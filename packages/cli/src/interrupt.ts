/** A signal that Ctrl-C, a hang-up or a request to end aborts, so that the work tidies up before the program ends. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

const running = new Set<AbortController>();
let readerLeft = false;

/** Whether who reads stdout, such as `head`, has seen enough. */
export function hasReaderLeft(): boolean {
  return readerLeft;
}

/** Stops the work for want of a reader, so that it tidies up first; ends the program at once where there is none. */
export function stopForReader(): void {
  readerLeft = true;
  if (running.size === 0) process.exit(0);
  for (const controller of running) controller.abort(new Error('EPIPE'));
}

/** Listens until disposed. A second Ctrl-C ends the program at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  running.add(controller);
  const abort = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error(name));
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      running.delete(controller);
      for (const name of names) process.off(name, abort);
    },
  };
}
