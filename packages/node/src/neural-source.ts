/** Pictures of the neural path's sources: a still or the frames of a video, in the size the release brings them to. */
import { extname } from 'node:path';
import { PcTalkError, type RgbaImage, sourceSize } from '@pctalk/core';
import { ClipReader } from './clip-reader.ts';
import { decodeImage } from './image.ts';
import { limitImage } from './limit-image.ts';
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
const VIDEO_EXTENSIONS = new Set(['.mp4', '.mov', '.webm', '.mkv', '.avi', '.m4v']);

/** @param fps to which videos are brought, or their own. */
export function openNeuralSource(path: string, fps: number | 'source', signal?: AbortSignal): NeuralSource {
  const isVideo = VIDEO_EXTENSIONS.has(extname(path).toLowerCase());
  let first: Promise<RgbaImage> | undefined;
  async function* frames(): AsyncGenerator<RgbaImage> {
    if (!isVideo) yield reduce(await decodeImage(path));
    else for await (const picture of decodeVideo(path, { fps, signal })) yield reduce(picture);
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
      if (!isVideo) return { at: readFirstOnce, async [Symbol.asyncDispose]() {} };
      const clip = new ClipReader((range) => decodeVideo(path, { ...range, fps, signal }));
      return {
        at: async (index) => reduce(await clip.frameAt(index)),
        [Symbol.asyncDispose]: () => clip[Symbol.asyncDispose](),
      };
    },
  };
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
