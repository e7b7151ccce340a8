import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { statSync } from 'node:fs';

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

/** When a child counts as stalled. */
export interface ProgressWatchOptions {
  /** How long nothing may come from the child or go into it while it is its turn, seconds. */
  readonly stallSeconds: number;
  /** Whether we feed it on stdin: then it may wait for us. */
  readonly isFed: boolean;
  /** A file it writes, whose changes are progress too. */
  readonly output?: string | undefined;
}

/**
 * Watches a child process and calls `onStall` once if it makes no progress. Time in which the child waits for us (we are
 * slow to read, or have nothing for it) does not count, nor does time in which this thread is busy.
 */
export function watchProgress(
  child: ChildProcessWithoutNullStreams,
  { stallSeconds, isFed, output }: ProgressWatchOptions,
  onStall: () => void,
): Disposable {
  const { stdin, stdout } = child;
  let logged = 0;
  let [before, written] = ['', ''];
  let idleMs = 0;
  child.stderr.on('data', (text: string) => (logged += text.length));
  const timer = setInterval(() => {
    const now = [stdout.readableLength, logged, stdin.writableLength, bytesOf(stdout), bytesOf(stdin)].join();
    const isItsTurn = stdout.readableLength === 0 && (!isFed || stdin.writableLength > 0 || stdin.writableEnded);
    idleMs = isItsTurn && now === before ? idleMs + LOOK_MS : 0;
    before = now;
    if (idleMs < stallSeconds * 1000) return;
    const last = written;
    written = stateOf(output);
    if (written !== last) idleMs = 0;
    else {
      clearInterval(timer);
      onStall();
    }
  }, LOOK_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Bytes that have gone through a pipe; Node makes pipes of sockets. */
function bytesOf(stream: object): number {
  const { bytesRead = 0, bytesWritten = 0 } = stream as { bytesRead?: number; bytesWritten?: number };
  return bytesRead + bytesWritten;
}

function stateOf(path: string | undefined): string {
  const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.size} ${found.mtimeMs}`;
}
