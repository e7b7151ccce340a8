import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSourceTrack, type SourceTrack, writeSourceTrack } from '@pctalk/core';
import { cacheFolder } from './model-store/model-store.ts';

/** Changes whenever tracking itself does. */
const TRACKING = 4;

/**
 * A clip's track from the cache, else made and kept there. A cache that cannot be written is no reason to stop.
 * @param sha256 of the clip, hex.
 */
export async function cachedTrack(
  sha256: string,
  faceIndex: number | undefined,
  make: () => Promise<SourceTrack>,
  folder = join(cacheFolder(), 'tracks'),
): Promise<SourceTrack> {
  const path = join(folder, `${sha256}.${faceIndex ?? 'only'}.v${TRACKING}.track`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined) {
    try {
      return readSourceTrack(kept, path);
    } catch {
      await rm(path, { force: true }); // Damaged: made anew.
    }
  }
  const track = await make();
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(part, writeSourceTrack(track));
    await rename(part, path);
  } catch {
    await rm(part, { force: true }).catch(() => undefined);
  }
  return track;
}
