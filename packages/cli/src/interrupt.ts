/** A signal that Ctrl-C, a hang-up or a request to end aborts, so that the work tidies up before the program ends. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

/** Listens until disposed. A second Ctrl-C ends the program at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error(name));
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, abort);
    },
  };
}
