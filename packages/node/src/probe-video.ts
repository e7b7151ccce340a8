import { PcTalkError, type WarningReporter } from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';
import { findFileEnd } from './audio-truncation.ts';
import { type ClipColour, readClipColour } from './clip-colour.ts';
import { checkAnnounced, type MediaOptions } from './duration-limit.ts';
import { inputArguments, startFfmpeg } from './ffmpeg.ts';
import { plainFileSize } from './read-input.ts';

/** What a clip's header tells. */
export interface VideoInfo {
  readonly hasAudio: boolean;
  /** Of its pictures as stored, pixels; 0 where it is not told. */
  readonly longerSide: number;
  readonly colour: ClipColour;
  /** Whether frames in the middle are found without those before: not in MPEG streams, which have no index. */
  readonly isSeekable: boolean;
}

/** Options of `probeVideo`. */
export interface ProbeVideoOptions extends MediaOptions {
  /** Hears what is odd about a file that is read all the same. */
  readonly onWarning?: WarningReporter | undefined;
}

/**
 * Reads a clip's header.
 * @throws video-unreadable when it is cut, damaged, or holds no moving pictures; limit-exceeded when it is too long;
 *   media-tool-missing, cancelled
 */
export async function probeVideo(path: string, options: ProbeVideoOptions = {}): Promise<VideoInfo> {
  const { signal, onWarning } = options;
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
  checkAnnounced(path, log, video, options);
  const [width, height] = (/, (\d+)x(\d+)/.exec(video)?.slice(1) ?? [0, 0]).map(Number) as [number, number];
  const colour = await readClipColour(video, height);
  if (colour.kept !== undefined) {
    const message = `${path}: ${colour.kept} is not brought to BT.709, since this ffmpeg has no zscale; the colours keep their tags, and what is drawn may look pale; install a current ffmpeg`;
    onWarning?.({ code: 'colour-kept', message });
  }
  return {
    hasAudio,
    longerSide: Math.max(width, height),
    colour,
    isSeekable: !/^Input #0, mpeg/m.test(log),
  };
}

/** The error for clips. */
export function videoUnreadable(path: string, got: string, details?: Readonly<Record<string, unknown>>): PcTalkError {
  return new PcTalkError(
    'video-unreadable',
    `${path}: expected a clip as mp4, mov, webm, mkv, ts, wmv or gif, ${got}`,
    {
      ...(details && { details }),
    },
  );
}
