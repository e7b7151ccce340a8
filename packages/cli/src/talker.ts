import type { Performance, WarningReporter } from '@pctalk/core';

/** What the commands need of the talker in @pctalk/node. */
export interface Talker extends AsyncDisposable {
  renderFile(options: RenderFileOptions): Promise<object>;
  inspect(source: string, options: { readonly overlay?: string }): Promise<object>;
  motion(options: MotionOptions): AsyncIterable<object>;
}
export interface MotionOptions {
  readonly source: string;
  readonly audio: string;
  readonly performance: Performance;
  readonly faceIndex?: number;
  readonly consent?: string;
  readonly signal: AbortSignal;
}
export interface RenderFileOptions extends MotionOptions {
  readonly output: string;
  readonly pasteBack: boolean;
  readonly onProgress: (progress: RenderProgress) => void;
}
export interface RenderProgress {
  readonly frame: number;
  readonly frames: number;
  readonly fps: number;
  readonly etaSeconds: number;
}

/** Starts the talker; loading it late keeps `--help` and refused command lines quick. */
export async function startTalker(options: { signal: AbortSignal; onWarning: WarningReporter }): Promise<Talker> {
  const node = (await import('@pctalk/node')) as unknown as {
    createTalker(options: object): Promise<Talker>;
  };
  return node.createTalker(options);
}
