import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as systemConstants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { MACHINE_LIMITS, PcTalkError } from '@pctalk/core';
import { atExit } from './at-exit.ts';
import { watchProgress } from './progress-watch.ts';

/** How long after an ffmpeg was asked to end our own request to end may come, milliseconds: Ctrl-C goes to both. */
const SHARED_SIGNAL_MS = 150;
/** Demuxers an input may be read with: no playlist, no image sequence, nothing that names further files. */
const DEMUXERS = 'wav,w64,mp3,aac,mov,flac,ogg,matroska,webm,aiff,caf,avi,mpegts,mpeg,asf,flv,gif,amr';
/**
 * Seconds by which inputs are said to be late: ffmpeg counts the times of an MPEG stream from the first of the streams it
 * uses instead of the first of all, unless told of an offset. It is less than any clock shows.
 */
const OWN_CLOCK = ['-itsoffset', '0.000001'];
/** Kept of what ffmpeg says: the stream list stands at the beginning, the reason of a failure at the end. */
const LOG_HEAD = 32_768;
const LOG_TAIL = 8_192;

/** Bounds what a small file can make it allocate: an index of millions of frames, tracks or cues. */
const MEMORY = ['-max_alloc', `${MACHINE_LIMITS.ffmpegBlockBytes}`];

/** How an ffmpeg process ended. */
export interface FfmpegExit {
  /** Exit status, or -1 when it was stopped by the signal or by disposing it. */
  readonly code: number;
  /** What it wrote to stderr, the middle left out when long. */
  readonly log: string;
}

/** A running ffmpeg process; disposing it kills the process. */
export interface Ffmpeg extends Disposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** What it has written to stderr so far. */
  log(): string;
  /**
   * Settles when the process has gone and its pipes are closed.
   * @throws media-tool-missing (it does not start); media-tool-failed (somebody else ended it, it crashed or made no progress)
   */
  readonly exit: Promise<FfmpegExit>;
}

/** Options of `startFfmpeg`. */
export interface StartFfmpegOptions {
  readonly signal?: AbortSignal | undefined;
  /** A file it writes: while that changes, the process makes progress. */
  readonly output?: string | undefined;
  /** @default that of `MACHINE_LIMITS` */
  readonly stallSeconds?: number | undefined;
}

/**
 * Finds the ffmpeg program: `PCTALK_FFMPEG`, else the first one in PATH, else the one npm installed.
 * @throws media-tool-missing
 */
export function findFfmpeg(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['PCTALK_FFMPEG'];
  if (named) {
    if (isProgram(named)) return named;
    throw new PcTalkError(
      'media-tool-missing',
      `PCTALK_FFMPEG: expected the path of an ffmpeg program, got '${named}', which cannot be run; correct or unset it`,
    );
  }
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && isProgram(join(folder, name))) return join(folder, name);
  }
  const bundled = bundledFfmpeg();
  if (bundled !== undefined) return bundled;
  throw new PcTalkError(
    'media-tool-missing',
    'ffmpeg: expected the program in PATH or in the npm package @ffmpeg-installer/ffmpeg, found neither; ' +
      'install ffmpeg, or set PCTALK_FFMPEG to its path',
  );
}

/**
 * Arguments that read one local file and nothing it may point to. The path needs no quoting and may begin with '-'.
 * @param demuxer options that say what the file is, where ffmpeg does not find out; see `FileEnd`
 */
export function inputArguments(path: string, demuxer?: readonly string[]): string[] {
  const formats = demuxer === undefined ? ['-format_whitelist', DEMUXERS] : demuxer;
  return ['-protocol_whitelist', 'file,pipe,fd', ...formats, ...OWN_CLOCK, '-i', fileUrl(path)];
}

/** The path as ffmpeg takes it literally, whatever characters it holds. */
export function fileUrl(path: string): string {
  return `file:${resolve(path)}`;
}

/**
 * Starts ffmpeg without a shell. The caller reads `stdout` to its end, or disposes. It is fed on stdin if its arguments
 * name `pipe:0`.
 * @throws media-tool-missing
 */
export function startFfmpeg(args: readonly string[], options: StartFfmpegOptions = {}): Ffmpeg {
  const { signal, output, stallSeconds = MACHINE_LIMITS.stallSeconds } = options;
  const child = spawn(findFfmpeg(), ['-hide_banner', '-nostats', ...MEMORY, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const pipes = [child.stdin, child.stdout, child.stderr];
  for (const pipe of pipes) pipe.on('error', ignore); // A reader that has gone is reported by its exit status.
  const isFed = args.includes('pipe:0');
  if (!isFed) child.stdin.end();
  let isStopped = false;
  const kill = (reason?: PcTalkError): void => {
    isStopped = true;
    child.kill('SIGKILL');
    for (const pipe of pipes) pipe.destroy(reason); // At once, whoever else may hold the other ends.
  };
  const cancel = (): void =>
    kill(new PcTalkError('cancelled', 'cancelled: nothing was written', { cause: signal?.reason }));
  const log = keepLog(child.stderr);
  const exit = new Promise<FfmpegExit>((resolvePromise, reject) => {
    const registration = atExit(() => child.kill('SIGKILL'));
    const watch = watchProgress(child, { stallSeconds, isFed, output }, () => {
      const failure = failed(
        `it made no progress for ${stallSeconds} s and was stopped`,
        'check that its files can be read',
        log(),
      );
      kill(failure);
      reject(failure);
    });
    const end = (): void => {
      watch[Symbol.dispose]();
      registration[Symbol.dispose]();
      signal?.removeEventListener('abort', cancel);
    };
    child.on('error', (cause) => {
      end();
      reject(doesNotStart(child.spawnfile, cause));
    });
    child.on('close', async (code, name) => {
      end();
      const ended = isStopped ? undefined : (name ?? politeSignal(log()));
      if (ended === undefined) return resolvePromise({ code: isStopped ? -1 : (code ?? -1), log: log() });
      await setTimeout(SHARED_SIGNAL_MS);
      if (signal?.aborted) resolvePromise({ code: -1, log: log() });
      else reject(endedBy(ended, log()));
    });
  });
  exit.catch(ignore);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  return { stdin: child.stdin, stdout: child.stdout, log, exit, [Symbol.dispose]: () => kill() };
}

/** Collects what a process says. @returns what was said so far, the middle left out when long */
function keepLog(stderr: Readable): () => string {
  let head = '';
  let tail = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    const room = Math.max(0, LOG_HEAD - head.length);
    head += text.slice(0, room);
    tail = (tail + text.slice(room)).slice(-LOG_TAIL);
  });
  return () => (tail === '' ? head : `${head}\n…\n${tail}`);
}

/** The signal on which ffmpeg says that it ended itself, where it did. */
function politeSignal(log: string): NodeJS.Signals | undefined {
  const number = Number(/received signal (\d+)/.exec(log)?.[1]);
  return (Object.keys(systemConstants.signals) as NodeJS.Signals[]).find(
    (name) => systemConstants.signals[name] === number,
  );
}

/** Signals a program raises against itself when it goes wrong. */
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS']);

function endedBy(name: NodeJS.Signals, log: string): PcTalkError {
  if (CRASHES.has(name)) {
    return failed(`it crashed (${name})`, 'the file may be damaged; or try another ffmpeg (PCTALK_FFMPEG)', log);
  }
  const advice = name === 'SIGKILL' ? 'free some memory if that ran out, and run it again' : 'run it again';
  return failed(`it was ended from outside (${name})`, advice, log);
}

function failed(got: string, advice: string, log: string): PcTalkError {
  return new PcTalkError('media-tool-failed', `ffmpeg: expected it to finish its work, but ${got}; ${advice}`, {
    details: { log },
  });
}

function doesNotStart(program: string, cause: Error): PcTalkError {
  return new PcTalkError(
    'media-tool-missing',
    `ffmpeg: expected a program that runs here, got '${program}', which does not start (${cause.message}); ` +
      'install ffmpeg, or set PCTALK_FFMPEG to its path',
    { cause },
  );
}

function bundledFfmpeg(): string | undefined {
  let path: string;
  try {
    path = (createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string }).path;
  } catch {
    return undefined; // No binary for this platform.
  }
  if (!isProgram(path)) {
    try {
      chmodSync(path, 0o755); // Its install script does this, and scripts may be switched off.
    } catch {
      return undefined;
    }
  }
  return isProgram(path) ? path : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function ignore(): void {}
