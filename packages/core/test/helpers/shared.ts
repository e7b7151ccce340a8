/** Material that lies beside a checkout and not in it: reference numbers, checkpoints, media. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = process.env['PCTALK_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));

/** Absolute path inside the shared folder, or undefined (with the reason printed) where it is absent. */
export function sharedPath(relative: string): string | undefined {
  const path = resolve(ROOT, relative);
  if (existsSync(path)) return path;
  console.log(`skipped: ${relative} needs the shared material at ../shared or $PCTALK_SHARED`);
  return undefined;
}

export function readShared(relative: string): Uint8Array {
  return readFileSync(resolve(ROOT, relative));
}
