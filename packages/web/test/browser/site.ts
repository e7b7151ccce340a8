import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, posix } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Files on a local address, cross-origin isolated. Disposing stops the server. */
export interface Site extends AsyncDisposable {
  readonly address: string;
  /** What pages sent by POST, by path. */
  readonly received: ReadonlyMap<string, Buffer>;
}

/**
 * Serves files to a browser.
 * @param mounts by path: bytes, a file's path, or, for a path that ends in '/', a folder's path
 */
export async function serveSite(mounts: Readonly<Record<string, Uint8Array | string>>): Promise<Site> {
  const received = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const path = posix.normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname));
    if (request.method === 'POST') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      received.set(path, Buffer.concat(parts));
      response.writeHead(204).end();
      return;
    }
    const file = path.endsWith('/') ? `${path}index.html` : path;
    const body = file === '/favicon.ico' ? new Uint8Array(0) : await find(mounts, file).catch(() => undefined);
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    response.end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function find(mounts: Readonly<Record<string, Uint8Array | string>>, path: string): Promise<Uint8Array> {
  const own = mounts[path];
  if (own !== undefined) return typeof own === 'string' ? readFile(own) : own;
  for (const [prefix, folder] of Object.entries(mounts)) {
    if (prefix.endsWith('/') && path.startsWith(prefix) && typeof folder === 'string') {
      return readFile(join(folder, path.slice(prefix.length)));
    }
  }
  throw new Error(`nothing at ${path}`);
}
