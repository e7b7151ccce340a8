/** Pictures of the neural path's sources: a still or the frames of a video, in the size the release brings them to. */
import { PcTalkError, type RgbaImage, sourceSize } from '@pctalk/core';
import { type ClipDecoder, ClipReader } from './clip-reader.ts';
import type { MediaOptions } from './duration-limit.ts';
import { decodeImage } from './image.ts';
import { isVideoFile } from './is-video-file.ts';
import { limitImage } from './limit-image.ts';
import { probeVideo } from './probe-video.ts';
import { decodeVideo } from './video-decode.ts';

/** The frames of a source, readable more than once. */
export interface NeuralSource {
  first(): Promise<RgbaImage>;
  /** All frames in order. */
  frames(): AsyncIterable<RgbaImage>;
  /** Frames by number in either direction; memory stays bounded. Who opens it disposes it. */
  reader(): NeuralSourceReader;
}

/** Frames by number. */
export interface NeuralSourceReader extends AsyncDisposable {
  at(index: number): Promise<RgbaImage>;
}

/** Longer side of a source, pixels: the release reduces larger ones. */
const MAX_SIDE = 1280;

/** @param fps to which videos are brought, or their own. */
export function openNeuralSource(path: string, fps: number | 'source', media: MediaOptions = {}): NeuralSource {
  let first: Promise<RgbaImage> | undefined;
  let decoder: Promise<ClipDecoder<RgbaImage> | undefined> | undefined;
  /** Of a video; of a picture none. */
  const openDecoder = () => (decoder ??= openVideo(path, fps, media));
  async function* frames(): AsyncGenerator<RgbaImage> {
    const decode = await openDecoder();
    if (decode === undefined) yield reduce(await decodeImage(path));
    else for await (const picture of decode({})) yield reduce(picture);
  }
  async function readFirst(): Promise<RgbaImage> {
    for await (const picture of frames()) return picture; // Leaving the loop ends the decoder.
    throw new PcTalkError('image-unreadable', `${path}: expected a picture, got none; try another file.`);
  }
  const readFirstOnce = () => (first ??= readFirst());
  return {
    frames,
    first: readFirstOnce,
    reader() {
      let clip: ClipReader<RgbaImage> | undefined;
      return {
        async at(index) {
          const decode = await openDecoder();
          if (decode === undefined) return readFirstOnce();
          clip ??= new ClipReader(decode);
          return reduce(await clip.frameAt(index));
        },
        async [Symbol.asyncDispose]() {
          await clip?.[Symbol.asyncDispose]();
        },
      };
    },
  };
}

async function openVideo(
  path: string,
  fps: number | 'source',
  { signal, maxDuration }: MediaOptions,
): Promise<ClipDecoder<RgbaImage> | undefined> {
  if (!(await isVideoFile(path))) return undefined;
  const { colour, isSeekable } = await probeVideo(path, { signal, maxDuration });
  return (range) => decodeVideo(path, { ...range, fps, convert: colour.convert, isSeekable, signal });
}

/** At most the first `count` of a sequence, at least one. */
export async function* firstOf<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item> {
  let seen = 0;
  for await (const item of items) {
    yield item;
    if (++seen >= count) return;
  }
}

async function reduce(picture: RgbaImage): Promise<RgbaImage> {
  return evenSides(await limitImage(picture, MAX_SIDE));
}

/** Cuts an odd last row and column away. */
function evenSides(picture: RgbaImage): RgbaImage {
  const { width, height } = sourceSize(picture.width, picture.height);
  if (width === picture.width && height === picture.height) return picture;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    data.set(picture.data.subarray(y * picture.width * 4, (y * picture.width + width) * 4), y * width * 4);
  }
  return { width, height, data };
}
