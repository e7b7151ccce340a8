import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MACHINE_LIMITS, readSourceTrack, type SourceTrack, writeSourceTrack } from '@pctalk/core';
import { CheckedFolder } from './checked-folder.ts';
import { cacheFolder } from './user-folders.ts';

/** Changes whenever tracking itself does. */
const TRACKING = 4;

/** SHA-256 as core's formats take it. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

const FORM = {
  decode: (bytes: Buffer, path: string) => readSourceTrack(bytes, path, sha256),
  encode: (track: SourceTrack) => writeSourceTrack(track, sha256),
};

/** The folder of clips' tracks, for the user's eyes alone; undefined where there is no place for a cache. */
export function trackFolder(cache: string | undefined = cacheFolder()): CheckedFolder | undefined {
  if (cache === undefined) return undefined;
  const { trackBytes, trackDays } = MACHINE_LIMITS;
  const limits = { mostBytes: trackBytes, mostDays: trackDays };
  return new CheckedFolder(join(cache, 'tracks'), { extension: '.track', isPrivate: true, ...limits });
}

/**
 * A clip's track from the cache, else made and kept there. A cache that cannot be written is no reason to stop.
 * @param clip SHA-256 of the clip, hex.
 */
export async function cachedTrack(
  clip: string,
  faceIndex: number | undefined,
  make: () => Promise<SourceTrack>,
  folder = trackFolder(),
): Promise<SourceTrack> {
  if (folder === undefined) return make();
  return folder.obtain(`track ${TRACKING} of ${clip}, face ${faceIndex ?? 'only'}`, FORM, make);
}
