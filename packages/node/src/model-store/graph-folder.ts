/** Built graphs of the neural path on disk. */
import { join } from 'node:path';
import { type GraphCache, MACHINE_LIMITS } from '@pctalk/core';
import { CheckedFolder, type FolderStatus } from '../checked-folder.ts';
import { neededCacheFolder } from '../user-folders.ts';

type Graph = Uint8Array<ArrayBuffer>;

const FORM = {
  decode: (bytes: Buffer): Graph => new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length),
  encode: (graph: Graph) => graph,
};

/** The folder of built graphs; it may be deleted at any time. */
export class GraphFolder implements GraphCache {
  readonly folder: string;
  readonly #files: CheckedFolder;

  /** @param mostBytes of all graphs together */
  constructor(folder = join(neededCacheFolder(), 'graphs'), mostBytes: number = MACHINE_LIMITS.graphBytes) {
    this.folder = folder;
    this.#files = new CheckedFolder(folder, { extension: '.onnx', mostBytes, mostDays: MACHINE_LIMITS.graphDays });
  }

  /** The graph of that identity, built if it is not there. */
  obtain(identity: string, build: () => Promise<Graph>): Promise<Graph> {
    return this.#files.obtain(identity, FORM, build);
  }

  status(): Promise<FolderStatus> {
    return this.#files.status();
  }

  /** Deletes all graphs. @returns what was there. */
  clean(): Promise<FolderStatus> {
    return this.#files.clear();
  }
}
