/** Built graphs of the neural path on disk: named by what they are made of, checked when read, bounded in size. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphCache } from '@pctalk/core';
import { cacheFolder } from './model-store.ts';

/** All graphs together; those not used for longest go first. One set of float32 graphs takes 0.5 GB. */
const MOST_BYTES = 2 * 2 ** 30;
const EXTENSION = '.onnx';
const DIGEST_LENGTH = 64;

/** What the folder holds. */
export interface GraphFolderStatus {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** The folder of built graphs; it may be deleted at any time. */
export class GraphFolder implements GraphCache {
  readonly folder: string;
  readonly #mostBytes: number;

  constructor(folder = join(cacheFolder(), 'graphs'), mostBytes = MOST_BYTES) {
    this.folder = folder;
    this.#mostBytes = mostBytes;
  }

  async obtain(identity: string, build: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
    const key = digestOf(identity);
    const kept = await this.#read(key);
    if (kept !== undefined) return kept;
    const graph = await build();
    await this.#keep(key, graph);
    return graph;
  }

  async status(): Promise<GraphFolderStatus> {
    const files = await this.#files();
    return { folder: this.folder, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  }

  /** Deletes all graphs. @returns what was there. */
  async clean(): Promise<GraphFolderStatus> {
    const status = await this.status();
    await rm(this.folder, { recursive: true, force: true });
    return status;
  }

  /** A name is the digest of the identity, then that of the content. Content that differs is deleted. */
  async #read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (const name of await this.#names()) {
      if (!name.startsWith(`${key}-`)) continue;
      const path = join(this.folder, name);
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes === undefined) continue;
      if (name === nameOf(key, bytes)) {
        const now = new Date();
        await utimes(path, now, now).catch(() => {}); // a folder that cannot be written still serves
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      }
      await rm(path, { force: true }).catch(() => {});
    }
    return undefined;
  }

  /** Writes beside and renames, so that a graph is whole or not there. A full disk costs the cache, not the work. */
  async #keep(key: string, graph: Uint8Array): Promise<void> {
    const part = join(this.folder, `.${randomUUID()}`);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(part, graph);
      await rename(part, join(this.folder, nameOf(key, graph)));
      await this.#shrink();
    } catch {
      await rm(part, { force: true }).catch(() => {});
    }
  }

  async #shrink(): Promise<void> {
    const files = (await this.#files()).sort((a, b) => b.usedMs - a.usedMs);
    let bytes = 0;
    for (const { path, size } of files) {
      bytes += size;
      if (bytes > this.#mostBytes) await rm(path, { force: true });
    }
  }

  async #files(): Promise<{ path: string; size: number; usedMs: number }[]> {
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
    const names = await readdir(this.folder).catch(() => []);
    return names.filter((name) => name.length === 2 * DIGEST_LENGTH + 1 + EXTENSION.length && name.endsWith(EXTENSION));
  }
}

function nameOf(key: string, graph: Uint8Array): string {
  return `${key}-${digestOf(graph)}${EXTENSION}`;
}

function digestOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
