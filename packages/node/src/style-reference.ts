import {
  createStyleReader,
  type FaceAnalyser,
  type MeshBasis,
  PcTalkError,
  type Performance,
  readLipMeasures,
  readStyleTable,
  type TensorRuntime,
} from '@pctalk/core';
import { hashFile } from './consent.ts';
import type { MediaOptions } from './duration-limit.ts';
import { probeVideo } from './probe-video.ts';
import { cachedTrack } from './source-track-cache.ts';
import { readAsset } from './talker-assets.ts';
import { clipDecode, trackClip } from './track-clip.ts';

/** What reads the clip; `signal` cancels. */
export interface ReadStyleReferenceOptions extends MediaOptions {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
  readonly runtime: TensorRuntime;
}

/** A manner of speaking read off a clip, as a clip of `performance.style` has it. */
export type StyleEmbedding = NonNullable<NonNullable<Performance['style']>[number]['embedding']>;

/**
 * Reads the manner of speaking of the one face in a clip of at least 4 s, with the file's hash.
 * @throws `no-face`, `several-faces`, `value-out-of-range` (too short), `video-unreadable`, `cancelled`
 */
export async function readStyleReference(path: string, options: ReadStyleReferenceOptions): Promise<StyleEmbedding> {
  const { analyser, basis, runtime, signal, maxDuration } = options;
  const decode = clipDecode(await probeVideo(path, { signal, maxDuration }));
  const sha256 = await hashFile(path, { signal });
  const track = await cachedTrack(sha256, undefined, () =>
    trackClip(analyser, path, { signal, maxDuration, decode }),
  ).catch((cause: unknown) => {
    if (!(cause instanceof PcTalkError) || cause.code !== 'several-faces') throw cause;
    throw new PcTalkError(
      'several-faces',
      `${path}: expected one face to take the manner of speaking from, found more; crop the clip`,
    );
  });
  const reader = await createStyleReader(runtime, await readAsset('style-encoder.onnx'));
  try {
    const { model } = readStyleTable(await readAsset('lac-styles.safetensors'));
    const values = await reader.read(readLipMeasures(track, basis));
    return {
      space: 'mesh',
      model,
      values: Array.from(values, (x) => Math.round(x * 1e5) / 1e5),
      source: { kind: 'video', sha256 },
    };
  } finally {
    await reader.dispose();
  }
}
