import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { PcTalkError } from '@pctalk/core';

/** Demuxers an input may be read with: no playlist, no image sequence, nothing that names further files. */
const DEMUXERS = 'wav,w64,mp3,aac,mov,flac,ogg,matroska,webm,aiff,caf,avi,mpegts,amr';
/** Kept of what ffmpeg says: the stream list stands at the beginning, the reason of a failure at the end. */
const LOG_HEAD = 32_768;
const LOG_TAIL = 8_192;

/** How an ffmpeg process ended. */
export interface FfmpegExit {
  /** Exit status, or -1 when it was killed. */
  readonly code: number;
  /** What it wrote to stderr, the middle left out when long. */
  readonly log: string;
}

/** A running ffmpeg process; disposing it kills the process. */
export interface Ffmpeg extends Disposable {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the process has gone and its pipes are closed. */
  readonly exit: Promise<FfmpegExit>;
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

/** Arguments that read one local file and nothing it may point to. The path needs no quoting and may begin with '-'. */
export function inputArguments(path: string): string[] {
  return ['-protocol_whitelist', 'file,pipe,fd', '-format_whitelist', DEMUXERS, '-i', fileUrl(path)];
}

/** The path as ffmpeg takes it literally, whatever characters it holds. */
export function fileUrl(path: string): string {
  return `file:${resolve(path)}`;
}

/**
 * Starts ffmpeg without a shell. The caller reads `stdout` to its end, or disposes.
 * @throws media-tool-missing
 */
export function startFfmpeg(
  args: readonly string[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Ffmpeg {
  const child = spawn(findFfmpeg(), ['-hide_banner', '-nostats', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  child.stdin.on('error', ignore); // A reader that has gone is reported by its exit status.
  const kill = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill, { once: true });
  if (options.signal?.aborted) kill();
  const exit = waitForExit(child).finally(() => options.signal?.removeEventListener('abort', kill));
  exit.catch(ignore);
  return { stdin: child.stdin, stdout: child.stdout, exit, [Symbol.dispose]: kill };
}

function waitForExit(child: ChildProcess): Promise<FfmpegExit> {
  let head = '';
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const room = Math.max(0, LOG_HEAD - head.length);
    head += text.slice(0, room);
    tail = (tail + text.slice(room)).slice(-LOG_TAIL);
  });
  return new Promise((resolvePromise, reject) => {
    child.on('error', (cause) => {
      reject(
        new PcTalkError(
          'media-tool-missing',
          `ffmpeg: expected a program that runs here, got '${child.spawnfile}', which does not start (${cause.message}); ` +
            'install ffmpeg, or set PCTALK_FFMPEG to its path',
          { cause },
        ),
      );
    });
    child.on('close', (code) => resolvePromise({ code: code ?? -1, log: tail === '' ? head : `${head}\n…\n${tail}` }));
  });
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
