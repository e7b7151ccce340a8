import { type ColourMatrix, type I420Image, PcTalkError, type RgbaImage } from '@pctalk/core';
import { inputArguments, startFfmpeg } from './ffmpeg.ts';
import { type PictureReader, PlanarReader, RgbaReader } from './picture-readers.ts';
import { videoUnreadable } from './probe-video.ts';

/** How a video is read. */
export interface VideoDecodeOptions {
  /** Frames a second that come out, other rates resampled by repeating or dropping frames; or the frames as they are. */
  readonly fps: number | 'source';
  /** First frame that comes out; at the source's own rate those before are decoded too. @default 0 */
  readonly from?: number | undefined;
  /** How many frames come out. @default all */
  readonly count?: number | undefined;
  /** Longer side, pixels; larger pictures are reduced to it. @default as they are */
  readonly maxSide?: number | undefined;
  /** Takes the colours for those of this matrix, whatever the file says or does not say. @default what it says */
  readonly matrix?: ColourMatrix | undefined;
  /** Filters that bring its colours to BT.709; see `ClipColour`. @default none */
  readonly convert?: readonly string[] | undefined;
  /** Whether frames in the middle are found without those before; see `VideoInfo`. @default true */
  readonly isSeekable?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Colours of half resolution are interpolated … */
const SMOOTH = 'bicubic+accurate_rnd+full_chroma_int';
/** … or, where another matrix is all that changes, left where they are, so that unchanged pixels stay unchanged. */
const NEAREST = 'neighbor+accurate_rnd+full_chroma_int';

/** Without an odd last column and row, which half-resolution colours have no place for. */
const EVEN = 'crop=w=trunc(iw/2)*2:h=trunc(ih/2)*2:x=0:y=0';

/** The frame rate of everything in this project. */
export const VIDEO_DECODE_DEFAULTS: VideoDecodeOptions = Object.freeze({ fps: 25 });

/**
 * Decodes the first video stream of a file, frame by frame and upright. Each frame is new memory.
 * @throws `media-tool-missing`, `video-unreadable` if the file holds no readable video, `cancelled`.
 */
export function decodeVideo(
  path: string,
  options: Partial<VideoDecodeOptions> = {},
): AsyncGenerator<RgbaImage, void, void> {
  const settings = { ...VIDEO_DECODE_DEFAULTS, ...options };
  const convert = settings.convert?.length ? [EVEN, ...settings.convert] : [];
  const scale = `scale=flags=${SMOOTH}${takenFor(settings)}${sizeLimit(settings)}`;
  // PAM carries its size in a header, so nothing needs to be known of the video before.
  const format = ['-pix_fmt', 'rgba', '-c:v', 'pam', '-f', 'image2pipe'];
  return decode(path, settings, [...convert, scale], format, new RgbaReader());
}

/** How a video is read in planes. */
export interface PlanarDecodeOptions extends VideoDecodeOptions {
  /** Memory of frames that are no longer needed, taken for those to come. @default each is new memory */
  readonly spare?: Uint8Array[] | undefined;
  /** See `ClipColour`. @default true */
  readonly isHalved?: boolean | undefined;
}

/**
 * The same as Y'CbCr 4:2:0 of limited range, which costs a fraction: a clip that is stored so comes out with the bytes it
 * holds. The matrix is the one it is taken for, else it is brought to BT.709. Odd last columns and rows are dropped.
 * @throws as `decodeVideo`
 */
export function decodeI420(
  path: string,
  options: Partial<PlanarDecodeOptions> = {},
): AsyncGenerator<I420Image, void, void> {
  const settings = { ...VIDEO_DECODE_DEFAULTS, ...options };
  const { matrix = 'bt709', isHalved = true, convert = [] } = settings;
  const scale = `scale=flags=${isHalved ? NEAREST : SMOOTH}${takenFor(settings)}:out_color_matrix=${matrix}:out_range=tv`;
  const reduced = settings.maxSide === undefined ? [] : [`scale=flags=${SMOOTH}${sizeLimit(settings)}`];
  const format = ['-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe'];
  const reader = new PlanarReader({ matrix, spare: settings.spare ?? [] });
  return decode(path, settings, [...reduced, EVEN, ...convert, scale, 'format=yuv420p'], format, reader);
}

async function* decode<Image>(
  path: string,
  settings: VideoDecodeOptions,
  converters: readonly string[],
  format: readonly string[],
  reader: PictureReader<Image>,
): AsyncGenerator<Image, void, void> {
  const { fps, from = 0, signal } = settings;
  const output = [
    ...['-map', '0:v:0', ...(fps === 'source' ? ['-fps_mode', 'passthrough'] : [])],
    ...['-vf', [...timeFilters(settings), ...converters].join(','), ...format, 'pipe:1'],
  ];
  using ffmpeg = startFfmpeg([...seekArguments(settings), ...inputArguments(path), '-an', ...output], { signal });
  ffmpeg.stdin.end();
  let frames = 0;
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
    reader.push(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      frames++;
      yield frame;
    }
  }
  const { code, log } = await ffmpeg.exit;
  if (signal?.aborted) throw new PcTalkError('cancelled', `${path}: reading was cancelled`, { cause: signal.reason });
  // Frames asked for beyond the end are none, and no fault.
  if (code !== 0 || (frames === 0 && from === 0)) {
    throw videoUnreadable(path, 'got one that cannot be decoded; save it again as MP4', { log });
  }
}

/** Frames before the first one wanted that are decoded too, so that the same pictures are chosen as without seeking. */
const LEAD = 8;

/**
 * Where decoding begins, seconds. Whole ones: every file's clock counts them exactly, so that what lies half way between two
 * frames is rounded as it is without seeking.
 */
function seekSeconds({ fps, from = 0, isSeekable = true }: VideoDecodeOptions): number {
  return fps === 'source' || !Number.isInteger(fps) || !isSeekable ? 0 : Math.max(0, Math.floor((from - LEAD) / fps));
}

function seekArguments(settings: VideoDecodeOptions): string[] {
  const seconds = seekSeconds(settings);
  return seconds === 0 ? [] : ['-ss', `${seconds}`];
}

function timeFilters(settings: VideoDecodeOptions): string[] {
  const { fps, from = 0, count } = settings;
  const skipped = from - (fps === 'source' ? 0 : seekSeconds(settings) * fps);
  const end = count === undefined ? '' : `:end_frame=${skipped + count}`;
  return [
    // From time 0 on, whenever the first picture comes: frame numbers are times.
    ...(fps === 'source' ? [] : [`fps=${fps}:start_time=0`]),
    ...(from > 0 || count !== undefined ? [`trim=start_frame=${skipped}${end}`, 'setpts=PTS-STARTPTS'] : []),
  ];
}

function takenFor({ matrix }: VideoDecodeOptions): string {
  return matrix === undefined ? '' : `:in_color_matrix=${matrix}`;
}

function sizeLimit({ maxSide }: VideoDecodeOptions): string {
  return maxSide === undefined ? '' : `:w='min(iw,iw*${maxSide}/max(iw,ih))':h='min(ih,ih*${maxSide}/max(iw,ih))'`;
}
