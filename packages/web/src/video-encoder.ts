import { registerAacEncoder } from '@mediabunny/aac-encoder';
import { invariant, PcTalkError } from '@pctalk/core';
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  canEncodeVideo,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import type { Sound } from './audio.ts';
import { i420Length, rgbaToI420 } from './i420.ts';

/** Video codecs that an MP4 may hold: H.264, VP9, AV1. */
export type WebVideoCodec = 'avc' | 'vp9' | 'av1';

/** Options of `openVideoEncoder`. */
export interface WebVideoEncoderOptions {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Frames a second. */
  readonly frameRate: number;
  /** The sound to lay under the pictures, starting with the first frame. */
  readonly sound: Sound;
  /** Tried in this order; the result says which ran. */
  readonly codecs?: readonly WebVideoCodec[];
  /** Video, bits a second. */
  readonly bitrate?: number;
}

/** What `openVideoEncoder` does when not told otherwise. */
export const WEB_VIDEO_ENCODER_DEFAULTS = Object.freeze({ codecs: ['avc'], bitrate: 2_500_000 } as const);

/** AAC, bits a second and channel. */
const AAC_BITS_PER_CHANNEL = 96_000;
/** Samples by which libavcodec's AAC lags behind what it is given; hidden by the file's edit list. */
const AAC_PRIMING = 1024;

/** An MP4 being written in memory, frame by frame. */
export interface WebVideoEncoder {
  /** The codec that runs. */
  readonly codec: WebVideoCodec;
  /**
   * Appends one frame, waiting while the encoder is behind.
   * @param frame RGBA `[height × width × 4]`, sRGB; read before the call returns
   */
  write(frame: Uint8ClampedArray): Promise<void>;
  /** Ends the video. @returns the bytes of the file. */
  finish(): Promise<Uint8Array>;
  /** Gives up and frees the encoder. */
  cancel(): Promise<void>;
}

/**
 * Encodes frames and sound into MP4 in memory: WebCodecs video tagged BT.709, AAC by libavcodec (browsers on Linux have
 * none, and others hide their delay differently), index in front.
 * @throws media-tool-missing if the browser encodes none of the codecs
 */
export async function openVideoEncoder(options: WebVideoEncoderOptions): Promise<WebVideoEncoder> {
  const { width, height, frameRate, sound } = options;
  const quality = new Quality({ bitrate: options.bitrate ?? WEB_VIDEO_ENCODER_DEFAULTS.bitrate });
  const codec = await chooseCodec(options.codecs ?? WEB_VIDEO_ENCODER_DEFAULTS.codecs, width, height, quality);
  registerAacEncoder();
  const video = new VideoSampleSource({ codec, quality, keyFrameInterval: 2, latencyMode: 'quality' });
  const audio = new AudioSampleSource({
    codec: 'aac',
    quality: new Quality({ bitrate: AAC_BITS_PER_CHANNEL * sound.channels.length }),
  });
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  output.addVideoTrack(video, { frameRate });
  output.addAudioTrack(audio);
  await output.start();
  const i420 = new Uint8Array(i420Length(width, height));
  let index = 0;
  let heard = 0;

  return {
    codec,
    async write(frame) {
      invariant(frame.length === width * height * 4, `a frame has ${frame.length} bytes for ${width} × ${height}`);
      rgbaToI420(frame, width, height, i420);
      const sample = sampleOf(i420, width, height, index++, frameRate);
      try {
        await video.add(sample);
      } finally {
        sample.close();
      }
      heard = await addSound(audio, sound, heard, index / frameRate);
    },
    async finish() {
      await addSound(audio, sound, heard, Number.POSITIVE_INFINITY);
      await output.finalize();
      invariant(target.buffer !== null, 'a finished output has no bytes');
      return new Uint8Array(target.buffer);
    },
    cancel: () => output.cancel(),
  };
}

async function chooseCodec(
  codecs: readonly WebVideoCodec[],
  width: number,
  height: number,
  quality: Quality,
): Promise<WebVideoCodec> {
  if (typeof VideoEncoder !== 'undefined') {
    for (const codec of codecs) if (await canEncodeVideo(codec, { width, height, quality })) return codec;
  }
  throw new PcTalkError(
    'media-tool-missing',
    `video: expected a browser that encodes ${codecs.join(' or ')} by WebCodecs, got one that does not; list another codec (vp9, av1) or use a current Chrome, Edge or Safari`,
  );
}

function sampleOf(i420: Uint8Array, width: number, height: number, index: number, frameRate: number): VideoSample {
  return new VideoSample(i420, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: index / frameRate,
    duration: 1 / frameRate,
    colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
  });
}

/** Appends the sound from sample `from` up to a time, so that both tracks grow together. @returns the next sample. */
async function addSound(source: AudioSampleSource, sound: Sound, from: number, time: number): Promise<number> {
  const { sampleRate, channels } = sound;
  const to = Math.min(channels[0]!.length, Math.ceil(time * sampleRate));
  if (to <= from) return from;
  const data = new Float32Array(channels.length * (to - from));
  for (const [c, channel] of channels.entries()) data.set(channel.subarray(from, to), c * (to - from));
  const timestamp = (from - AAC_PRIMING) / sampleRate;
  const sample = new AudioSample({
    data,
    format: 'f32-planar',
    numberOfChannels: channels.length,
    sampleRate,
    timestamp,
  });
  try {
    await source.add(sample);
  } finally {
    sample.close();
  }
  return to;
}
