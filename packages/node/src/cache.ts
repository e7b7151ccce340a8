/** All that is kept on this machine and can be made again, seen as one. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphFolder } from './model-store/graph-folder.ts';
import { trackFolder } from './source-track-cache.ts';
import { abandonedFiles, abandonedFolders } from './temporary-files.ts';
import { cacheFolder } from './user-folders.ts';

/** Tracks of clips' faces, graphs of the neural path, and what killed runs have left in the cache and among temporary files. */
export const CACHE_PARTS = ['tracks', 'graphs', 'leftovers'] as const;
export type CachePart = (typeof CACHE_PARTS)[number];

/** What there is of one part. */
export interface CacheStatus {
  readonly part: CachePart;
  /** Undefined for leftovers, which lie in several, and where there is no place for a cache. */
  readonly folder: string | undefined;
  readonly files: number;
  readonly bytes: number;
}

/** What is kept, part by part. Weights that were fetched do not belong to it. */
export function cacheStatus(parts: readonly CachePart[] = CACHE_PARTS): Promise<CacheStatus[]> {
  return Promise.all(parts.map((part) => statusOf(part)));
}

/** Deletes parts of the cache. @returns what was there */
export async function clearCache(parts: readonly CachePart[] = CACHE_PARTS): Promise<CacheStatus[]> {
  const found = await cacheStatus(parts);
  for (const { part, folder } of found) {
    const places = part === 'leftovers' ? await leftovers() : folder === undefined ? [] : [folder];
    for (const place of places) await rm(place, { recursive: true, force: true });
  }
  return found;
}

async function statusOf(part: CachePart): Promise<CacheStatus> {
  if (part === 'leftovers') {
    const sizes = await Promise.all((await leftovers()).map(sizeOf));
    return { part, folder: undefined, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }
  const kept = part === 'tracks' ? trackFolder() : cacheFolder() === undefined ? undefined : new GraphFolder();
  if (kept === undefined) return { part, folder: undefined, files: 0, bytes: 0 };
  return { part, ...(await kept.status()) };
}

async function leftovers(): Promise<string[]> {
  const cache = cacheFolder();
  const folders = cache === undefined ? [] : [join(cache, 'tracks'), join(cache, 'graphs')];
  const found = await Promise.all([abandonedFolders(), ...folders.map(abandonedFiles)]);
  return found.flat();
}

/** Of a file, or of all in a folder, bytes. */
async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found?.size ?? 0;
  const sizes = await Promise.all((await readdir(path).catch(() => [])).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
