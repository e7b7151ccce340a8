import { stat } from 'node:fs/promises';
import { type ColourMatrix, checkInUse, invariant, OUTPUT_FORMATS, type OutputKind, PcTalkError } from '@pctalk/core';
import { type AudioInfo, throwIfCancelled } from './audio-decode.ts';
import { type Ffmpeg, fileUrl, inputArguments, startFfmpeg } from './ffmpeg.ts';
import { asUnwritable } from './output-file.ts';
import { keepTimes } from './sound-times.ts';

/** Frames a second of every video. */
export const FRAME_RATE = 25;
/** Sample rates AAC knows up to 48 kHz. */
const AAC_RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;
/** AAC at 48 kHz, bits a second and channel; lower rates get their share. */
const AAC_BITS_PER_CHANNEL = 96_000;
/** Frames waiting for ffmpeg, bytes at most: more would not help, it reads as fast as it encodes. */
const QUEUE_BYTES = 4 << 20;

/** A second sound. It is silent from its end on. */
export interface SoundMix {
  readonly path: string;
  /** Its amplitude, 1 = as it is. */
  readonly level: number;
  /** Whether the speech is heard too. */
  readonly speech: boolean;
}

/**
 * How pictures come: RGBA `[height × width × 4]` in sRGB, or planes as in `I420Image`, by the matrix of which they are
 * encoded as they are.
 */
export type FrameFormat = 'rgba' | ColourMatrix;

/** Primaries and transfer of planes, in ffmpeg's words. */
export interface FrameColour {
  readonly primaries: string;
  readonly transfer: string;
}

/** Transfers that encoders name otherwise than filters. */
const ENCODER_TRANSFERS: Readonly<Record<string, string>> = { bt470m: 'gamma22', bt470bg: 'gamma28' };
const MATRIX_TAGS: Readonly<Record<ColourMatrix, string>> = { bt601: 'smpte170m', bt709: 'bt709', bt2020: 'bt2020nc' };

/** Options of `openVideoEncoder`. */
export interface VideoEncoderOptions {
  /** What is written: see `OUTPUT_FORMATS`. @default 'mp4' */
  readonly kind?: Exclude<OutputKind, 'png'> | undefined;
  /** Whether frames have an alpha channel that counts, not premultiplied. @default false */
  readonly transparent?: boolean | undefined;
  /** @default 'rgba' */
  readonly format?: FrameFormat | undefined;
  /** What planes are tagged as. @default BT.709 */
  readonly colour?: FrameColour | undefined;
  /** Pixels; an odd last column or row is dropped where the format has even sides. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The sound to lay under the pictures, in its own rate and channels. */
  readonly audio: { readonly path: string; readonly info: AudioInfo };
  /** Another sound laid under the speech, or heard instead of it. */
  readonly sound?: SoundMix | undefined;
  /** Where the sound is cut, seconds. @default at the end of `audio` */
  readonly duration?: number | undefined;
  /** File to write, usually `OutputFile.temporary`; overwritten. */
  readonly output: string;
  /** Its name in messages. @default output */
  readonly name?: string | undefined;
  /** Stops the encoder; `write` and `finish` then throw `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

/** A video being written, frame by frame. Disposing an unfinished one kills the encoder. */
export interface VideoEncoder extends AsyncDisposable {
  /**
   * Appends one frame, waiting while the encoder is behind.
   * @param frame in the encoder's format; copied, so the caller may draw into it again at once
   */
  write(frame: Uint8ClampedArray | Uint8Array): Promise<void>;
  /** Ends the video and waits until the file is complete. */
  finish(): Promise<void>;
}

/**
 * Encodes frames and a sound file at 25 fps. MP4: H.264 (limited range, BT.709 unless planes of other colours come in, tagged), AAC,
 * index in front. WebM: VP9, with alpha where asked, and Opus. GIF: no sound, the colours of the first two seconds, dithered.
 * Sound starts with the first frame, sample for sample as `decodeAudio` hears it. Without B-frames, so that no player
 * has to honour an edit list to show the first frame at 0 (costs 8 % of size). Preset superfast at crf 22 takes 30 % less
 * time than veryfast at crf 20, for the same PSNR and a quarter more bytes.
 * @throws output-unwritable (disk full, folder removed), media-tool-missing, media-tool-failed, cancelled; usage once disposed
 */
export function openVideoEncoder(options: VideoEncoderOptions): VideoEncoder {
  const { width, height, signal } = options;
  const frameBytes = width * height * ((options.format ?? 'rgba') === 'rgba' ? 4 : 1.5);
  const ffmpeg = startFfmpeg(encoderArguments(options), { signal, output: options.output });
  ffmpeg.stdout.resume();
  const pool: Uint8Array[] = [];
  let queued = 0;
  let isInUse = true;
  let wake = (): void => {};
  void ffmpeg.exit.catch(() => undefined).then(() => wake());

  const write = async (frame: Uint8ClampedArray | Uint8Array): Promise<void> => {
    checkInUse(isInUse, 'video encoder');
    invariant(frame.length === frameBytes, `a frame has ${frame.length} bytes, expected ${frameBytes}`);
    while (queued > 0 && (queued + 1) * frameBytes > QUEUE_BYTES) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (signal?.aborted || ffmpeg.stdin.destroyed) await failure(ffmpeg, options);
    const copy = pool.pop() ?? new Uint8Array(frameBytes);
    copy.set(frame);
    queued++;
    ffmpeg.stdin.write(copy, () => {
      queued--;
      pool.push(copy);
      wake();
    });
  };
  const finish = async (): Promise<void> => {
    checkInUse(isInUse, 'video encoder');
    ffmpeg.stdin.end();
    const { code } = await ffmpeg.exit;
    if (code !== 0 || signal?.aborted) await failure(ffmpeg, options);
  };
  return {
    write,
    finish,
    async [Symbol.asyncDispose]() {
      isInUse = false;
      ffmpeg[Symbol.dispose]();
      await ffmpeg.exit.catch(() => undefined);
    },
  };
}

function encoderArguments(options: VideoEncoderOptions): string[] {
  const { width, height, format = 'rgba', kind = 'mp4', output } = options;
  const pixels = format === 'rgba' ? 'rgba' : 'yuv420p';
  const frames = ['-f', 'rawvideo', '-pix_fmt', pixels, '-video_size', `${width}x${height}`];
  const input = ['-y', ...frames, '-framerate', `${FRAME_RATE}`, '-i', 'pipe:0'];
  const plain = ['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'];
  if (!OUTPUT_FORMATS[kind].sound) return [...input, ...plain, ...gifArguments(format), fileUrl(output)];
  const sound = soundArguments(options, kind === 'webm' ? 'libopus' : 'aac');
  const rest = [...pictureArguments(options), ...(kind === 'webm' ? VP9_ARGUMENTS : H264_ARGUMENTS)];
  const container = kind === 'webm' ? ['-f', 'webm'] : ['-movflags', '+faststart', '-f', 'mp4'];
  return [...input, ...sound.input, ...sound.map, ...plain, ...rest, ...sound.codec, ...container, fileUrl(output)];
}

const H264_ARGUMENTS = ['-c:v', 'libx264', '-preset', 'superfast', '-crf', '22', '-bf', '0'] as const;
/** VP9 in constant quality; alternate reference frames would exclude alpha. */
const VP9_ARGUMENTS = [
  ...['-c:v', 'libvpx-vp9', '-crf', '30', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '5', '-row-mt', '1'],
  ...['-auto-alt-ref', '0', '-g', '125'],
] as const;
/** One palette, of the first two seconds: only these are kept in memory. */
function gifArguments(format: FrameFormat): string[] {
  const matrix = format === 'rgba' ? '' : `scale=in_color_matrix=${format}:in_range=tv,format=rgb24,`;
  const palette = '[first]trim=end_frame=50,palettegen[palette];[shown][palette]paletteuse=dither=bayer:bayer_scale=4';
  return ['-filter_complex', `[0:v]${matrix}split[shown][first];${palette}`, '-f', 'gif'];
}

/** How pictures are converted and tagged. */
function pictureArguments(options: VideoEncoderOptions): string[] {
  const { width, height, format = 'rgba', colour: tags, transparent = false } = options;
  const matrix = format === 'rgba' ? 'bt709' : MATRIX_TAGS[format];
  const { primaries, transfer } = tags ?? { primaries: 'bt709', transfer: 'bt709' };
  const even = (width | height) & 1 ? `crop=${width & ~1}:${height & ~1}:0:0,` : '';
  const pixels = transparent ? 'yuva420p' : 'yuv420p';
  const convert = `${even}scale=out_color_matrix=bt709:out_range=tv,format=${pixels},`;
  const colour = `range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
  return [
    ...['-vf', `${format === 'rgba' ? convert : ''}setparams=${colour}`, '-color_range', 'tv'],
    ...['-color_primaries', primaries, '-color_trc', ENCODER_TRANSFERS[transfer] ?? transfer, '-colorspace', matrix],
  ];
}

/** The sound, or its mix with a second one. */
function soundArguments({ audio, sound, duration }: VideoEncoderOptions, codec: 'aac' | 'libopus') {
  const { rate, channels, bits } = soundFormat(audio.info, codec);
  const isLonger = duration !== undefined && duration > audio.info.duration;
  const times = `${keepTimes({ rate, channels, samples: 'fltp' })},asetpts=N/SR/TB${isLonger ? ',apad' : ''}`;
  return {
    input: [...inputArguments(audio.path, audio.info.demuxer), ...(sound ? inputArguments(sound.path) : [])],
    map: [
      ...(sound ? ['-filter_complex', mixFilter(sound, times)] : []),
      ...['-map', '0:v:0', '-map', sound ? '[mix]' : '1:a:0'],
      ...(duration === undefined ? [] : ['-t', duration.toFixed(6)]),
    ],
    codec: [
      ...(sound ? [] : ['-af', times]),
      ...['-c:a', codec, '-b:a', `${bits}`, '-ar', `${rate}`, '-ac', `${channels}`],
    ],
  };
}

/** Speech and second sound as one, each at its own level and times; two equal inputs of amix come out halved. */
function mixFilter({ level, speech }: SoundMix, times: string): string {
  const second = `[2:a:0]${times},volume=${level},apad`;
  if (!speech) return `${second}[mix]`;
  return `[1:a:0]${times}[speech];${second}[second];[speech][second]amix=inputs=2:duration=first,volume=2[mix]`;
}

/** The rate next above the source's that AAC knows, 48 kHz for Opus; its channels up to stereo. */
function soundFormat({ sampleRate, channels }: AudioInfo, codec: 'aac' | 'libopus') {
  const rate = codec === 'libopus' ? 48_000 : (AAC_RATES.find((known) => known >= sampleRate) ?? 48_000);
  const kept = Math.min(channels, 2);
  return { rate, channels: kept, bits: Math.round((AAC_BITS_PER_CHANNEL * kept * Math.max(rate, 16_000)) / 48_000) };
}

/** Says why the encoder stopped. */
async function failure(ffmpeg: Ffmpeg, { output, name = output, signal }: VideoEncoderOptions): Promise<never> {
  throwIfCancelled(signal);
  const { code, log } = await ffmpeg.exit;
  throwIfCancelled(signal);
  await stat(output).catch((cause) => {
    throw asUnwritable(name, cause);
  });
  const reason = log.trim().split('\n').at(-1)?.trim() ?? '';
  const details = { log };
  const disk =
    /No space left on device|Disk quota exceeded|File too large|Input\/output error|Read-only file system/i.exec(log);
  if (disk !== null) {
    const message = `output '${name}': expected room for a video, but ffmpeg stopped (${disk[0]}); free some space or choose another folder`;
    throw new PcTalkError('output-unwritable', message, { details });
  }
  throw new PcTalkError(
    'media-tool-failed',
    `ffmpeg: expected it to encode '${name}', but it ended with status ${code} (${reason}); check that its sound is still there, or try another ffmpeg (PCTALK_FFMPEG)`,
    { details },
  );
}
