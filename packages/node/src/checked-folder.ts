/** A folder of things that can be made again: named by what they are made of, checked when read, bounded in size and age. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';
import { abandonedFiles, temporaryNeighbour } from './temporary-files.ts';

const DAY_MS = 86_400_000;
const DIGEST_LENGTH = 64;

/** What a folder holds. */
export interface FolderStatus {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** How things are kept. */
export interface CheckedFolderOptions {
  /** Of the files' names, such as `.onnx`. */
  readonly extension: string;
  /** All together; those not used for longest go first. */
  readonly mostBytes: number;
  /** After its last use. */
  readonly mostDays: number;
  /** Whether only the user may look into the folder; where that cannot be had, nothing is kept. */
  readonly isPrivate?: boolean | undefined;
}

interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly usedMs: number;
}

/** Who makes it need not dispose it; the folder may be deleted at any time. */
export class CheckedFolder {
  readonly folder: string;
  readonly #options: CheckedFolderOptions;

  constructor(folder: string, options: CheckedFolderOptions) {
    this.folder = folder;
    this.#options = options;
  }

  /**
   * What is kept under an identity, else what `make` gives, which is kept then. Content that is not what was written, or
   * that `decode` refuses, is deleted and made anew. A folder that cannot be written is no reason to stop.
   * @param identity says all that the thing is made of
   */
  async obtain<Value>(
    identity: string,
    form: { readonly decode: (bytes: Buffer, path: string) => Value; readonly encode: (value: Value) => Uint8Array },
    make: () => Promise<Value>,
  ): Promise<Value> {
    const key = digestOf(identity);
    await this.#tidy();
    for (const name of await this.#names()) {
      if (!name.startsWith(`${key}-`)) continue;
      const path = join(this.folder, name);
      try {
        const bytes = await readFile(path);
        if (name !== this.#nameOf(key, bytes)) throw new Error('damaged');
        const value = form.decode(bytes, path);
        await utimes(path, new Date(), new Date()).catch(() => {}); // A folder that cannot be written still serves.
        return value;
      } catch {
        await rm(path, { force: true }).catch(() => {});
      }
    }
    const value = await make();
    await this.#keep(key, form.encode(value));
    return value;
  }

  async status(): Promise<FolderStatus> {
    const files = await this.#files();
    return { folder: this.folder, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  }

  /** Deletes everything. @returns what was there. */
  async clear(): Promise<FolderStatus> {
    const status = await this.status();
    await rm(this.folder, { recursive: true, force: true });
    return status;
  }

  /** Writes beside and renames, so that a file is whole or not there. A full disk costs the cache, not the work. */
  async #keep(key: string, content: Uint8Array): Promise<void> {
    const path = join(this.folder, this.#nameOf(key, content));
    const part = temporaryNeighbour(path);
    using _ = atExit(() => rmSync(part, { force: true }));
    try {
      await mkdir(this.folder, { recursive: true });
      if (this.#options.isPrivate) await chmod(this.folder, 0o700);
      await writeFile(part, content, { mode: 0o600 });
      await rename(part, path);
      await this.#tidy();
    } catch {
      await rm(part, { force: true }).catch(() => {});
    }
  }

  /** Deletes what is too old, or too much, and what killed processes have left half written. */
  async #tidy(): Promise<void> {
    const { mostBytes, mostDays } = this.#options;
    const files = (await this.#files()).sort((a, b) => b.usedMs - a.usedMs);
    let bytes = 0;
    for (const { path, size, usedMs } of files) {
      bytes += size;
      if (bytes > mostBytes || Date.now() - usedMs > mostDays * DAY_MS) await rm(path, { force: true }).catch(() => {});
    }
    const unusable = [...(await abandonedFiles(this.folder)), ...(await this.#outdated())];
    for (const path of unusable) await rm(path, { force: true }).catch(() => {});
  }

  /** What earlier versions have kept under other names. */
  async #outdated(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    const own = names.filter((name) => name.includes(this.#options.extension) && !name.startsWith('.'));
    return own.filter((name) => !this.#isKept(name)).map((name) => join(this.folder, name));
  }

  async #files(): Promise<KeptFile[]> {
    const paths = (await this.#names()).map((name) => join(this.folder, name));
    const found = await Promise.all(
      paths.map(async (path) => {
        const facts = await stat(path).catch(() => undefined);
        return facts && { path, size: facts.size, usedMs: facts.mtimeMs };
      }),
    );
    return found.filter((file) => file !== undefined);
  }

  async #names(): Promise<string[]> {
    return (await readdir(this.folder).catch(() => [])).filter((name) => this.#isKept(name));
  }

  #isKept(name: string): boolean {
    const { extension } = this.#options;
    return name.length === 2 * DIGEST_LENGTH + 1 + extension.length && name.endsWith(extension);
  }

  /** A name is the digest of the identity, then that of the content. */
  #nameOf(key: string, content: Uint8Array): string {
    return `${key}-${digestOf(content)}${this.#options.extension}`;
  }
}

function digestOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
