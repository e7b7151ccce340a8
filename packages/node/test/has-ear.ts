import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EAR_MODEL } from '@pctalk/core';
import { cacheFolder, MODEL_CATALOGUE } from '../src/index.ts';

/** Whether what the full ear is cut from was fetched on this machine; says why `what` is skipped if not. */
export function hasEar(what: string): boolean {
  const path = join(cacheFolder() ?? '', 'models', MODEL_CATALOGUE[EAR_MODEL].file);
  if (existsSync(path)) return true;
  console.warn(`${what}: skipped, ${path} is not there; pctalk models pull ${EAR_MODEL} brings it`);
  return false;
}
