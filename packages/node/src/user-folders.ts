/** Where the user's files lie. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { PcTalkError } from '@pctalk/core';

/** Folder of this program's caches: `PCTALK_CACHE`, else the platform's own place; undefined for a user without a home. */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const { PCTALK_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (PCTALK_CACHE) return PCTALK_CACHE;
  const home = homeFolder(environment);
  if (platform === 'darwin') return home && join(home, 'Library', 'Caches', 'pctalk');
  if (platform === 'win32') {
    const local = LOCALAPPDATA || (home && join(home, 'AppData', 'Local'));
    return local && join(local, 'pctalk', 'Cache');
  }
  const base = XDG_CACHE_HOME || (home && join(home, '.cache'));
  return base && join(base, 'pctalk');
}

/** The same where nothing goes without. @throws usage */
export function neededCacheFolder(): string {
  const folder = cacheFolder();
  if (folder !== undefined) return folder;
  throw new PcTalkError(
    'usage',
    'cache: expected a folder to keep models in, but this user has no home; set PCTALK_CACHE or HOME to a folder',
  );
}

/** Folder of the user's settings for this program; undefined for a user without a home. */
export function configFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { XDG_CONFIG_HOME } = environment;
  if (XDG_CONFIG_HOME) return join(XDG_CONFIG_HOME, 'pctalk');
  const home = homeFolder(environment);
  return home && join(home, '.config', 'pctalk');
}

/** Undefined where there is neither `HOME` nor an entry for the user, as in containers that run under any number. */
function homeFolder({ HOME, USERPROFILE }: NodeJS.ProcessEnv): string | undefined {
  if (HOME || USERPROFILE) return HOME || USERPROFILE;
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}
