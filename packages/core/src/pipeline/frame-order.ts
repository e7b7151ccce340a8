/** What a clip that is shorter than the speech does: its last frame stays, it runs back and forth, or the video ends. */
export type WhenShort = 'hold' | 'ping-pong' | 'stop';
/** What may happen when a clip ends before the sound. */
export const WHEN_SHORT: readonly WhenShort[] = ['hold', 'ping-pong', 'stop'];

/** What becomes of a clip that is longer than the speech: the video ends with the speech, or its rest stays as it is filmed. */
export type WhenLong = 'cut' | 'keep';
/** What may happen when the sound ends before a clip. */
export const WHEN_LONG: readonly WhenLong[] = ['cut', 'keep'];

/**
 * Which frame of the clip stands behind a frame of the video. Ping-pong shows neither end twice.
 * @param frames T of the clip. @returns undefined where the video has ended.
 */
export function clipFrameAt(frameIndex: number, frames: number, whenShort: WhenShort): number | undefined {
  if (frameIndex < frames) return frameIndex;
  if (whenShort === 'stop') return undefined;
  if (whenShort === 'hold' || frames === 1) return frames - 1;
  const period = 2 * (frames - 1);
  const phase = frameIndex % period;
  return phase < frames ? phase : period - phase;
}
