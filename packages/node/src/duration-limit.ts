import { INPUT_LIMITS, PcTalkError } from '@pctalk/core';

/** How speech and clips are read. */
export interface MediaOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest sound or clip that is read, seconds. @default that of `INPUT_LIMITS` */
  readonly maxDuration?: number | undefined;
}

/**
 * Refuses what lasts longer than may be read: a few kilobytes can announce days.
 * @param seconds of the file, as announced or as counted so far
 * @throws limit-exceeded
 */
export function checkDuration(path: string, seconds: number, { maxDuration }: MediaOptions): void {
  const most = maxDuration ?? INPUT_LIMITS.durationSeconds;
  if (seconds <= most) return;
  throw new PcTalkError(
    'limit-exceeded',
    `${path}: expected at most ${span(most)}, got ${span(seconds)} or more; cut it, or allow more with --max-duration`,
  );
}

/**
 * Refuses a clip whose header announces more than is worth reading.
 * @param log what ffmpeg said of it. @param stream the line of its pictures in there
 * @throws limit-exceeded
 */
export function checkAnnounced(path: string, log: string, stream: string, options: MediaOptions): void {
  const seconds = announcedSeconds(log) ?? 0;
  checkDuration(path, seconds, options);
  const rate =
    Number(/, ([\d.]+)(k?) (?:fps|tbr)/.exec(stream)?.[1] ?? 0) * (/, [\d.]+k (?:fps|tbr)/.test(stream) ? 1000 : 1);
  const most = (options.maxDuration ?? INPUT_LIMITS.durationSeconds) * INPUT_LIMITS.framesPerSecond;
  if (seconds * rate <= most) return;
  throw new PcTalkError(
    'limit-exceeded',
    `${path}: expected at most ${most} frames, got ${Math.round(seconds * rate)}; save it at 25 frames a second, or allow more with --max-duration`,
  );
}

/** The duration of a file that its header gives, in what ffmpeg says of it; undefined where it is only estimated. */
export function announcedSeconds(log: string): number | undefined {
  if (/Estimating duration/.test(log)) return undefined;
  const match = /^ *Duration: (\d+):(\d+):([\d.]+)/m.exec(log);
  return match === null ? undefined : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

function span(seconds: number): string {
  return seconds < 600 ? `${Math.round(seconds * 100) / 100} s` : `${Math.round(seconds / 6) / 10} minutes`;
}
