import { open, stat } from 'node:fs/promises';
import { type ColourMatrix, PcTalkError, type WarningReporter } from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';
import { findFileEnd } from './audio-truncation.ts';
import { inputArguments, startFfmpeg } from './ffmpeg.ts';
import { plainFileSize } from './read-input.ts';

/** What a clip's header tells. */
export interface VideoInfo {
  readonly hasAudio: boolean;
  /** Of its pictures as stored, pixels; 0 where it is not told. */
  readonly longerSide: number;
  /** Of its colours; large pictures without a tag are taken for BT.709, as players do. Undefined for any other. */
  readonly matrix: ColourMatrix | undefined;
}

/** Options of `probeVideo`. */
export interface ProbeVideoOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears what is odd about a file that is read all the same. */
  readonly onWarning?: WarningReporter | undefined;
}

/** Heights from which untagged video is taken for BT.709, pixels. */
const HD_HEIGHT = 720;
/** ISO media brands that are pictures. */
const PICTURE_BRANDS = /^(avif|avis|heic|heix|mif1|msf1)/;

/** Names of clips and sounds, for files whose content says nothing, or that are not there. */
const MEDIA_NAME = /\.(mp4|m4v|mov|webm|mkv|avi|mpe?g|mp3|m4a|wav|flac|ogg)$/i;
const PICTURE_HEAD = /^(\xff\xd8\xff|\x89PNG|RIFF....WEBP)/s;

/**
 * Whether a file is a clip rather than a picture, by its first bytes: MP4, MOV, WebM/Matroska or AVI. A file that is
 * neither, or that is not there, goes by its name, so that the error speaks of what was meant.
 */
export async function isVideoFile(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false; // A pipe may never have a first byte.
    await using file = await open(path, 'r');
    const isNamed = MEDIA_NAME.test(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    const box = head.slice(4, 8);
    if (box === 'ftyp') return !PICTURE_BRANDS.test(head.slice(8, 12));
    if (box === 'moov' || box === 'mdat' || box === 'wide') return true; // QuickTime before brands
    if (buffer.readUInt32BE(0) === 0x1a45dfa3 || (head.startsWith('RIFF') && head.slice(8, 12) === 'AVI ')) return true;
    return isNamed && !PICTURE_HEAD.test(head);
  } catch {
    return MEDIA_NAME.test(path); // Whoever reads it says what is wrong.
  }
}

/**
 * Reads a clip's header.
 * @throws video-unreadable when it is cut, damaged, or holds no moving pictures; media-tool-missing, cancelled
 */
export async function probeVideo(path: string, { signal, onWarning }: ProbeVideoOptions = {}): Promise<VideoInfo> {
  await plainFileSize(path, (got) => videoUnreadable(path, `${got}; check the path`));
  const { missing, oddity } = await findFileEnd(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause instanceof PcTalkError) throw cause;
    throw videoUnreadable(path, `could not read the file (${cause.code ?? cause.message}); check the path`);
  });
  if (missing !== undefined) throw videoUnreadable(path, `got a cut file (${missing}); copy or export it again`);
  if (oddity !== undefined) onWarning?.({ code: 'file-end', message: `${path}: ${oddity}` });
  using ffmpeg = startFfmpeg(['-nostdin', ...inputArguments(path)], { signal });
  ffmpeg.stdout.resume();
  const { log } = await ffmpeg.exit;
  throwIfCancelled(signal);
  const streams = log.split('\n').filter((line) => /^ *Stream #0:\d+/.test(line));
  const video = streams.find((line) => line.includes(': Video: ') && !line.includes('(attached pic)'));
  const hasAudio = streams.some((line) => line.includes(': Audio: '));
  if (video === undefined) {
    throw videoUnreadable(
      path,
      hasAudio
        ? 'got a file with sound only; give it as --audio and choose a picture or clip as --source'
        : `got a file that ffmpeg cannot read (${log.trim().split('\n').at(-1)?.trim() ?? ''}); save it again as MP4`,
    );
  }
  const [width, height] = (/, (\d+)x(\d+)/.exec(video)?.slice(1) ?? [0, 0]).map(Number) as [number, number];
  return { hasAudio, longerSide: Math.max(width, height), matrix: matrixOf(video, height) };
}

/** The matrix in a line like `Video: h264 (High), yuv420p(tv, bt709/unknown/unknown, progressive), 1280x720 …`. */
function matrixOf(line: string, height: number): ColourMatrix | undefined {
  const tag = /\b(bt709|bt470bg|smpte170m|fcc|smpte240m|bt2020\w*|ycgco|gbr)\b/.exec(line)?.[1];
  if (tag === undefined) return height >= HD_HEIGHT ? 'bt709' : 'bt601';
  if (tag === 'bt709') return 'bt709';
  return tag === 'bt470bg' || tag === 'smpte170m' ? 'bt601' : undefined;
}

/** The error for clips. */
export function videoUnreadable(path: string, got: string, details?: Readonly<Record<string, unknown>>): PcTalkError {
  return new PcTalkError('video-unreadable', `${path}: expected a clip as mp4, mov or webm, ${got}`, {
    ...(details && { details }),
  });
}
