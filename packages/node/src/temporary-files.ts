/** Temporary files and folders that tell whose they are, so that those of killed processes can be told from those in use. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { atExit } from './at-exit.ts';

/** Characters of an output's name that its temporary neighbours keep: names have an end. */
const KEPT_CHARACTERS = 48;
/** After so long a temporary file is nobody's, even if a process of that number runs: numbers are given again. Days. */
const ABANDONED_DAYS = 7;
const OWNER = /^(\d+)-[0-9a-zA-Z]{6,12}$/;
const FOLDER_PREFIX = 'pctalk-run-';

/** Names this process has given away. */
const own = new Set<string>();

/** A name for what becomes `path`: hidden, in the same folder and with the same extension. */
export function temporaryNeighbour(path: string): string {
  const { start, end } = affixes(path);
  const temporary = join(dirname(path), `${start}${process.pid}-${randomBytes(6).toString('hex')}${end}`);
  own.add(temporary);
  return temporary;
}

/** Removes what killed processes have left of what was to become `path`. */
export async function removeLeftovers(path: string): Promise<void> {
  const { start, end } = affixes(path);
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    if (!name.startsWith(start) || !name.endsWith(end)) continue;
    const place = join(dirname(path), name);
    if (await isAbandoned(place, name.slice(start.length, name.length - end.length))) {
      await rm(place, { recursive: true, force: true }).catch(() => {}); // Somebody else's may not be ours to remove.
    }
  }
}

/** Temporary neighbours that killed processes have left in a folder of ours, whatever they were to become. */
export async function abandonedFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const places = await Promise.all(
    names.map(async (name) => {
      const owner = /^\..*\.(\d+-[0-9a-f]+)(\.[^.]*)?$/.exec(name)?.[1];
      const place = join(folder, name);
      return owner !== undefined && (await isAbandoned(place, owner)) ? [place] : [];
    }),
  );
  return places.flat();
}

/** A private folder for intermediate files, which goes with the handle, or with the process. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes one among the system's temporary files. */
export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  own.add(path);
  const registration = atExit(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
      registration[Symbol.dispose]();
    },
  };
}

/** Temporary folders that killed processes have left. */
export async function abandonedFolders(): Promise<string[]> {
  const names = (await readdir(tmpdir()).catch(() => [])).filter((name) => name.startsWith(FOLDER_PREFIX));
  const places = await Promise.all(
    names.map(async (name) => {
      const place = join(tmpdir(), name);
      return (await isAbandoned(place, name.slice(FOLDER_PREFIX.length))) ? [place] : [];
    }),
  );
  return places.flat();
}

/** @param owner what the name says of it: number of a process, a hyphen, something random */
async function isAbandoned(place: string, owner: string): Promise<boolean> {
  const pid = Number(OWNER.exec(owner)?.[1]);
  if (!(pid > 0) || own.has(place)) return false;
  if (pid === process.pid || !isRunning(pid)) return true; // Ours alone has this number now; what has it is not ours.
  const found = await stat(place).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_DAYS * 86_400_000;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'; // Somebody else's process.
  }
}

function affixes(path: string): { readonly start: string; readonly end: string } {
  const end = extname(path);
  const stem = [...basename(path, end)].slice(0, KEPT_CHARACTERS).join('');
  return { start: `.${stem}.`, end };
}
