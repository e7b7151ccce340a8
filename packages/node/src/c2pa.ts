import { readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as c2pa from '@contentauth/c2pa-wasm';

let ready = false;

/** The C2PA library, its WebAssembly instantiated on first use (about 60 ms). */
export function loadC2pa(): typeof c2pa {
  if (!ready) {
    const path = createRequire(import.meta.url).resolve('@contentauth/c2pa-wasm/c2pa.wasm');
    (globalThis as { FileReaderSync?: unknown }).FileReaderSync ??= FileReaderSync;
    c2pa.initSync({ module: readFileSync(path) });
    ready = true;
  }
  return c2pa;
}

/** Looks like a Blob to the library and reads its bytes from an open file only when asked. */
export class FileBlob {
  readonly type = '';
  readonly size: number;
  readonly #descriptor: number;
  readonly #start: number;

  /** @param size bytes from `start` */
  constructor(descriptor: number, start: number, size: number) {
    this.#descriptor = descriptor;
    this.#start = start;
    this.size = size;
  }

  slice(start = 0, end = this.size): FileBlob {
    const from = Math.min(start, this.size);
    return new FileBlob(this.#descriptor, this.#start + from, Math.max(0, Math.min(end, this.size) - from));
  }

  read(): ArrayBuffer {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (let n = -1; n !== 0 && at < bytes.length; at += n) {
      n = readSync(this.#descriptor, bytes, at, bytes.length - at, this.#start + at);
    }
    return at === bytes.length ? bytes.buffer : bytes.buffer.slice(0, at);
  }
}

/** Bytes that look like a Blob to the library. */
export class BytesBlob {
  readonly type = '';
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  slice(start = 0, end = this.size): BytesBlob {
    return new BytesBlob(this.#bytes.subarray(start, end));
  }

  read(): ArrayBuffer {
    return new Uint8Array(this.#bytes).buffer; // Copied: a Buffer is a window on a shared pool.
  }
}

/** The synchronous reader that Web Workers have and Node lacks; the library knows no other way to read a Blob. */
class FileReaderSync {
  readAsArrayBuffer(blob: FileBlob | BytesBlob): ArrayBuffer {
    return blob.read();
  }
}
