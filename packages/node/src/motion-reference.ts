import {
  type FaceAnalyser,
  type MeshBasis,
  PcTalkError,
  type ReferenceMotion,
  readReferenceMotion,
} from '@pctalk/core';
import { hashFile } from './consent.ts';
import type { MediaOptions } from './duration-limit.ts';
import { probeVideo } from './probe-video.ts';
import { cachedTrack } from './source-track-cache.ts';
import { clipDecode, trackClip } from './track-clip.ts';

/** What reads the clip; `signal` cancels. */
export interface ReadMotionReferenceOptions extends MediaOptions {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
}

/**
 * Reads head rotation, blinks and gaze of the one face in a clip, as curves for `performance.motion` with the file's hash.
 * @throws `no-face`, `several-faces`, `video-unreadable`, `cancelled`
 */
export async function readMotionReference(path: string, options: ReadMotionReferenceOptions): Promise<ReferenceMotion> {
  const { analyser, basis, signal, maxDuration } = options;
  const decode = clipDecode(await probeVideo(path, { signal, maxDuration }));
  const sha256 = await hashFile(path, { signal });
  const track = await cachedTrack(sha256, undefined, () =>
    trackClip(analyser, path, { signal, maxDuration, decode }),
  ).catch((cause: unknown) => {
    if (!(cause instanceof PcTalkError) || cause.code !== 'several-faces') throw cause;
    throw new PcTalkError('several-faces', `${path}: expected one face to take motion from, found more; crop the clip`);
  });
  return { ...readReferenceMotion(track, basis), source: { kind: 'video', sha256 } };
}
