import { PcTalkError, type RgbaImage } from '@pctalk/core';
import { inputArguments, startFfmpeg } from './ffmpeg.ts';
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
  /** Takes the colours for BT.709, whatever the file says or does not say. */
  readonly isBt709?: boolean | undefined;
  /** How colours come out of their half resolution. @default 'smooth' */
  readonly colours?: keyof typeof SCALER_FLAGS | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Interpolated; as they are, so that unchanged pixels come back from encoding unchanged, at half the cost (for pictures
 * that keep their size); or a quarter of the cost and one or two of 255 off, for pictures that are only looked at.
 */
const SCALER_FLAGS = {
  smooth: 'bicubic+accurate_rnd+full_chroma_int',
  nearest: 'neighbor+accurate_rnd+full_chroma_int',
  quick: 'bicubic',
} as const;

/** The frame rate of everything in this project. */
export const VIDEO_DECODE_DEFAULTS: VideoDecodeOptions = Object.freeze({ fps: 25 });

/**
 * Decodes the first video stream of a file, frame by frame and upright. Each frame is new memory.
 * @throws `media-tool-missing`, `video-unreadable` if the file holds no readable video, `cancelled`.
 */
export async function* decodeVideo(
  path: string,
  options: Partial<VideoDecodeOptions> = {},
): AsyncGenerator<RgbaImage, void, void> {
  const settings = { ...VIDEO_DECODE_DEFAULTS, ...options };
  const { fps, from = 0, signal } = settings;
  // PAM carries its size in a header, so nothing needs to be known of the video before.
  const output = [
    '-map',
    '0:v:0',
    ...(fps === 'source' ? ['-fps_mode', 'passthrough'] : []),
    '-vf',
    filters(settings),
    '-pix_fmt',
    'rgba',
    '-c:v',
    'pam',
    '-f',
    'image2pipe',
    'pipe:1',
  ];
  using ffmpeg = startFfmpeg([...seekArguments(settings), ...inputArguments(path), '-an', ...output], { signal });
  ffmpeg.stdin.end();
  const reader = new PamReader();
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

/** Seeks to whole frames, so that the grid of frames stays where it is. */
function seekArguments({ fps, from = 0 }: VideoDecodeOptions): string[] {
  return fps === 'source' || from <= LEAD ? [] : ['-ss', ((from - LEAD) / fps).toFixed(6)];
}

function filters({ fps, from = 0, count, maxSide, isBt709, colours = 'smooth' }: VideoDecodeOptions): string {
  const skipped = fps === 'source' ? from : Math.min(from, LEAD); // without a rate nothing is sought
  const end = count === undefined ? '' : `:end_frame=${skipped + count}`;
  const limit =
    maxSide === undefined ? '' : `:w='min(iw,iw*${maxSide}/max(iw,ih))':h='min(ih,ih*${maxSide}/max(iw,ih))'`;
  return [
    ...(fps === 'source' ? [] : [`fps=${fps}`]),
    ...(from > 0 || count !== undefined ? [`trim=start_frame=${skipped}${end}`, 'setpts=PTS-STARTPTS'] : []),
    `scale=flags=${SCALER_FLAGS[colours]}${isBt709 ? ':in_color_matrix=bt709' : ''}${limit}`,
  ].join(',');
}

/** Cuts a byte stream into PAM pictures with four channels of 8 bits. */
class PamReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #frame: { readonly width: number; readonly height: number } | undefined;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** @returns the next whole picture, if it has arrived. */
  next(): RgbaImage | undefined {
    this.#frame ??= this.#header();
    if (!this.#frame) return undefined;
    const { width, height } = this.#frame;
    const bytes = width * height * 4;
    if (this.#length < bytes) return undefined;
    this.#frame = undefined;
    return { width, height, data: this.#take(bytes) };
  }

  #header(): { width: number; height: number } | undefined {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const text = this.#chunks[0]?.subarray(0, 256).toString('latin1') ?? '';
    const end = text.indexOf('ENDHDR\n');
    if (end < 0) return undefined;
    this.#take(end + 'ENDHDR\n'.length);
    const read = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1]);
    return { width: read('WIDTH'), height: read('HEIGHT') };
  }

  #take(bytes: number): Uint8ClampedArray {
    const out = new Uint8ClampedArray(bytes);
    let filled = 0;
    while (filled < bytes) {
      const head = this.#chunks[0]!;
      const part = head.subarray(0, bytes - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === head.length) this.#chunks.shift();
      else this.#chunks[0] = head.subarray(part.length);
    }
    this.#length -= bytes;
    return out;
  }
}
