import {
  type FaceAnalyser,
  type MeshBasis,
  PcTalkError,
  type ReferenceMotion,
  readReferenceMotion,
} from '@pctalk/core';
import { hashFile } from './consent.ts';
import { probeVideo } from './probe-video.ts';
import { cachedTrack } from './source-track-cache.ts';
import { clipDecode, trackClip } from './track-clip.ts';

/** What reads the clip; `signal` cancels. */
export interface ReadMotionReferenceOptions {
  readonly analyser: FaceAnalyser;
  readonly basis: MeshBasis;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads head rotation, blinks and gaze of the one face in a clip, as curves for `performance.motion` with the file's hash.
 * @throws `no-face`, `several-faces`, `video-unreadable`, `cancelled`
 */
export async function readMotionReference(path: string, options: ReadMotionReferenceOptions): Promise<ReferenceMotion> {
  const { analyser, basis, signal } = options;
  const decode = clipDecode(await probeVideo(path, { signal }));
  const sha256 = await hashFile(path, { signal });
  const track = await cachedTrack(sha256, undefined, () => trackClip(analyser, path, { signal, decode })).catch(
    (cause: unknown) => {
      if (!(cause instanceof PcTalkError) || cause.code !== 'several-faces') throw cause;
      throw new PcTalkError(
        'several-faces',
        `${path}: expected one face to take motion from, found more; crop the clip`,
      );
    },
  );
  return { ...readReferenceMotion(track, basis), source: { kind: 'video', sha256 } };
}
