import type { RenderProgress } from '@pctalk/node';
import { Presets, SingleBar } from 'cli-progress';

/** Without a terminal, a line at most this often, milliseconds. */
const LINE_INTERVAL_MS = 3000;

/** Shows how far a render is, on stderr. */
export interface ProgressDisplay extends Disposable {
  update(progress: RenderProgress): void;
}

/** A bar on a terminal, plain lines now and then elsewhere, nothing when `silent`. */
export function showProgress(options: {
  readonly silent: boolean;
  readonly stream?: NodeJS.WriteStream;
}): ProgressDisplay {
  const stream = options.stream ?? process.stderr;
  if (options.silent) return { update() {}, [Symbol.dispose]() {} };
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const format = '{bar} {percentage} % | frame {value}/{total} | {rate} frames/s | {left} left';
  const single = new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: true, fps: 8 },
    Presets.shades_classic,
  );
  let started = false;
  const stop = (): void => single.stop(); // Shows the cursor again.
  return {
    update({ frame, frames, fps, etaSeconds }) {
      const payload = { rate: fps.toFixed(0), left: clock(etaSeconds) };
      if (!started) {
        process.once('exit', stop);
        single.start(frames, frame, payload);
      } else single.update(frame, payload);
      started = true;
    },
    [Symbol.dispose]() {
      process.off('exit', stop);
      stop();
    },
  };
}

function lines(stream: NodeJS.WriteStream): ProgressDisplay {
  let last = performance.now();
  return {
    update({ frame, frames, fps, etaSeconds }) {
      if (performance.now() - last < LINE_INTERVAL_MS) return;
      last = performance.now();
      const percentage = ((100 * frame) / frames).toFixed(0);
      stream.write(
        `frame ${frame}/${frames} (${percentage} %), ${fps.toFixed(0)} frames/s, ${clock(etaSeconds)} left\n`,
      );
    },
    [Symbol.dispose]() {},
  };
}

/** Seconds as `m:ss`. */
function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-:--';
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
