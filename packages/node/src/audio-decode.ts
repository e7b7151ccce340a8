import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FPS, PcTalkError, type WarningReporter } from '@pctalk/core';
import { type FileEnd, findFileEnd } from './audio-truncation.ts';
import { announcedSeconds, checkDuration, type MediaOptions } from './duration-limit.ts';
import { type FfmpegExit, inputArguments, startFfmpeg } from './ffmpeg.ts';
import { keepTimes } from './sound-times.ts';
import { makeTemporaryFolder } from './temporary-files.ts';

/** Sample rate of everything that listens to speech, hertz. */
export const SPEECH_RATE = 16_000;
const SPEECH_FORMAT = ['-ac', '1', '-ar', String(SPEECH_RATE), '-f', 'f32le'] as const;
const SPEECH_TIMES = keepTimes({ rate: SPEECH_RATE, channels: 1, samples: 'flt' });
/** How much shorter than announced a sound may decode before it counts as cut, seconds: encoder delay and padding. */
const DURATION_SLACK = 0.15;

/** A sound file's path, or the bytes of one. */
export type AudioInput = string | Uint8Array;

/** Options of `decodeAudio` and `inspectAudio`. */
export interface DecodeAudioOptions extends MediaOptions {
  /** Hears what is odd about a file that is read all the same. */
  readonly onWarning?: WarningReporter | undefined;
}

/** What decoding a whole sound file showed. */
export interface AudioInfo {
  /** N, samples at 16 kHz. */
  readonly samples: number;
  /** Seconds, exactly `samples / 16000`. */
  readonly duration: number;
  /** Sample rate of the file, hertz. */
  readonly sampleRate: number;
  /** Channels of the file. */
  readonly channels: number;
  /** See `FileEnd`. */
  readonly demuxer?: readonly string[] | undefined;
}

/**
 * Decodes speech of any format and rate into 16 kHz mono, in memory that does not grow with its length, each sample at the
 * time the file gives it (see `keepTimes`).
 * @returns chunks of samples, nominally in [-1, 1], new memory each, of varying size.
 * @throws audio-unreadable (also at the end, when the file turns out to be cut), audio-empty, limit-exceeded (too long),
 *   media-tool-missing, cancelled
 */
export async function* decodeAudio(input: AudioInput, options: DecodeAudioOptions = {}): AsyncGenerator<Float32Array> {
  await using file = await asFile(input);
  yield* decodeFile(file.path, await soundEnd(file.path, options), options, () => undefined);
}

/** Video frames of a sound: the last one may be partly filled. @param duration a whole number of samples, seconds */
export function framesOf(duration: number): number {
  return Math.ceil(Math.round(duration * SPEECH_RATE) / (SPEECH_RATE / FPS)); // In whole samples: seconds are inexact.
}

/**
 * Decodes a sound file once from end to end, keeping nothing: its exact length, and proof that it can be read.
 * @throws audio-unreadable, audio-empty, limit-exceeded, media-tool-missing, cancelled
 */
export async function inspectAudio(input: AudioInput, options: DecodeAudioOptions = {}): Promise<AudioInfo> {
  await using file = await asFile(input);
  const end = await soundEnd(file.path, options);
  let samples = 0;
  let log = '';
  for await (const chunk of decodeFile(file.path, end, options, (text) => (log = text))) samples += chunk.length;
  const stream = /^ *Stream #0:\d+.*?: Audio: .*?, (\d+) Hz, ([^,\n]+)/m.exec(log);
  return {
    samples,
    duration: samples / SPEECH_RATE,
    sampleRate: Number(stream?.[1] ?? SPEECH_RATE),
    channels: stream?.[2] === 'mono' ? 1 : 2,
    ...(end.demuxer && { demuxer: end.demuxer }),
  };
}

/** @throws audio-unreadable when the file is cut, cancelled */
async function soundEnd(path: string, { signal, onWarning }: DecodeAudioOptions): Promise<FileEnd> {
  throwIfCancelled(signal);
  const end = await findFileEnd(path);
  if (end.missing !== undefined) throw truncated(path, end.missing);
  if (end.oddity !== undefined) onWarning?.({ code: 'file-end', message: `${path}: ${end.oddity}` });
  return end;
}

async function* decodeFile(
  path: string,
  end: FileEnd,
  options: DecodeAudioOptions,
  onLog: (log: string) => void,
): AsyncGenerator<Float32Array> {
  const input = inputArguments(path, end.demuxer);
  const output = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-af', SPEECH_TIMES, ...SPEECH_FORMAT, 'pipe:1'];
  const { signal } = options;
  using ffmpeg = startFfmpeg(['-nostdin', ...input, ...output], { signal });
  let samples = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const data of ffmpeg.stdout as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
    const whole = bytes.length & ~3;
    rest = bytes.subarray(whole);
    if (whole === 0) continue;
    const chunk = new Float32Array(whole >> 2);
    new Uint8Array(chunk.buffer).set(bytes.subarray(0, whole));
    checkFinite(chunk, samples, path);
    if (samples === 0 && end.isCounted !== true) checkDuration(path, announcedSeconds(ffmpeg.log()) ?? 0, options);
    samples += chunk.length;
    checkDuration(path, samples / SPEECH_RATE, options);
    yield chunk;
  }
  const exit = await ffmpeg.exit;
  throwIfCancelled(signal);
  checkDecoded(exit, samples, path, end);
  onLog(exit.log);
}

/** Turns what ffmpeg said about a finished decode into our errors. */
function checkDecoded(exit: FfmpegExit, samples: number, path: string, { isCounted }: FileEnd): void {
  const { code, log } = exit;
  const hasAudio = /^ *Stream #0:\d+.*?: Audio: /m.test(log);
  if (!hasAudio && /^ *Stream #0:\d+/m.test(log)) {
    throw new PcTalkError(
      'audio-empty',
      `${path}: expected speech, got a file without sound (only pictures); choose one with sound`,
    );
  }
  if (samples === 0 && (hasAudio || /Output file is empty|could not find codec parameters/i.test(log))) {
    throw new PcTalkError('audio-empty', `${path}: expected speech, got a sound file without samples; record it again`);
  }
  if (code !== 0 || samples === 0) {
    throw new PcTalkError(
      'audio-unreadable',
      `${path}: expected speech as wav, mp3, m4a, flac or ogg, got a file that ffmpeg cannot read (${lastLine(log)}); convert it or export it again`,
      { details: { log } },
    );
  }
  if (/partial file/.test(log)) throw truncated(path, 'its samples end early');
  const announced = isCounted ? undefined : announcedDuration(log);
  const duration = samples / SPEECH_RATE;
  if (announced !== undefined && duration + DURATION_SLACK < announced) {
    throw truncated(path, `it announces ${announced.toFixed(2)} s and holds ${duration.toFixed(2)} s`);
  }
}

/**
 * The container's own duration from where its sound begins, when it is about the sound alone and not estimated from the
 * bit rate, seconds. Whether a file counts a late start in is left open: it is taken to.
 */
function announcedDuration(log: string): number | undefined {
  if (/Estimating duration/.test(log) || /^ *Stream #0:\d+.*?: Video: /m.test(log)) return undefined;
  const match = /^ *Duration: (\d+):(\d+):([\d.]+)(?:, start: ([\d.]+))?/m.exec(log);
  if (match === null) return undefined;
  const [hours, minutes, seconds, start] = match.slice(1).map((text) => Number(text ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return hours * 3600 + minutes * 60 + seconds - start;
}

function checkFinite(chunk: Float32Array, offset: number, path: string): void {
  for (let n = 0; n < chunk.length; n++) {
    if (Number.isFinite(chunk[n])) continue;
    throw new PcTalkError(
      'audio-unreadable',
      `${path}: expected finite samples, got ${chunk[n]} at ${((offset + n) / SPEECH_RATE).toFixed(3)} s; export it again as 16-bit`,
    );
  }
}

function truncated(path: string, missing: string): PcTalkError {
  return new PcTalkError(
    'audio-unreadable',
    `${path}: expected a whole sound file, got a cut one (${missing}); copy or export it again`,
  );
}

/** Throws `cancelled` once the signal has been raised. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new PcTalkError('cancelled', 'cancelled: nothing was written', { cause: signal.reason });
}

function lastLine(log: string): string {
  return log.trim().split('\n').at(-1)?.trim() ?? 'no reason given';
}

/** A path ffmpeg can seek in: the file itself, or a private copy of the bytes that goes with the handle. */
async function asFile(input: AudioInput): Promise<{ readonly path: string } & AsyncDisposable> {
  if (typeof input === 'string') {
    await checkRegularFile(input);
    return { path: input, [Symbol.asyncDispose]: async () => {} };
  }
  const folder = await makeTemporaryFolder();
  const path = join(folder.path, 'audio');
  await writeFile(path, input);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function checkRegularFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no file of that name' : cause.message;
    throw new PcTalkError('audio-unreadable', `${path}: expected a sound file, got ${reason}; check the path`, {
      cause,
    });
  });
  if (!found.isFile()) {
    throw new PcTalkError(
      'audio-unreadable',
      `${path}: expected a sound file, got something else (a folder or device); check the path`,
    );
  }
  if (found.size === 0)
    throw new PcTalkError('audio-empty', `${path}: expected speech, got an empty file; record it again`);
}
