/**
 * Fetching a large file so that a broken download goes on where it stopped. Plain fetch: `@huggingface/hub` hands out a
 * Blob, which neither writes to a file piece by piece nor resumes one.
 */
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PcTalkError } from '@pctalk/core';
import { hashFile } from '../consent.ts';

/** How much of a file is here. */
export interface DownloadProgress {
  /** Bytes here and, where the server says it, in all. */
  readonly bytes: number;
  readonly total: number | undefined;
}

/** How a file is fetched. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Sent as a bearer token to the first host alone, never to where it redirects. */
  readonly token?: string | undefined;
  /** Tries after a broken connection. Default: 4. */
  readonly retries?: number | undefined;
}

/** What the server says of a file before it is fetched. */
interface RemoteFile {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Changes when the file does. */
  readonly tag: string | undefined;
  /** The hub states this for large files. */
  readonly sha256: string | undefined;
}

/**
 * Fetches `url` to `path`. What has arrived waits in `path.part`, also after an error, and the next call goes on from
 * there if the file is still the same.
 * @returns SHA-256 of the file, hex.
 * @throws `download-failed`, also when the content is not what the server announced; `cancelled`.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions = {}): Promise<string> {
  const part = `${path}.part`;
  const remote = await findFile(url, options).catch((cause) => {
    throwIfCancelled(options.signal);
    throw failed(url, cause.message, cause);
  });
  await keepIfSame(part, remote);
  const retries = options.retries ?? 4;
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchRest(remote, part, options);
      break;
    } catch (cause) {
      throwIfCancelled(options.signal);
      if (cause instanceof PcTalkError || attempt >= retries) throw failed(url, (cause as Error).message, cause);
    }
  }
  const sha256 = await hashFile(part);
  if (remote.sha256 !== undefined && remote.sha256 !== sha256) {
    await rm(part, { force: true });
    throw failed(url, `content with SHA-256 ${sha256} where the server announced ${remote.sha256}`);
  }
  await rename(part, path);
  await rm(`${part}.tag`, { force: true });
  return sha256;
}

/** Asks for the file's head and follows redirects by hand, so that the token stays with the first host. */
async function findFile(url: string, options: DownloadOptions): Promise<RemoteFile> {
  let place = url;
  let tag: string | undefined;
  let sha256: string | undefined;
  for (let hop = 0; hop < 5; hop++) {
    const first = new URL(place).host === new URL(url).host;
    const headers: Record<string, string> = first && options.token ? { authorization: `Bearer ${options.token}` } : {};
    const response = await request(place, { method: 'HEAD', headers }, options.signal);
    const linked = response.headers.get('x-linked-etag')?.replace(/^W\/|"/g, '');
    if (linked !== undefined && /^[0-9a-f]{64}$/.test(linked)) sha256 = linked;
    tag = response.headers.get('etag') ?? tag;
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) {
      if (!response.ok) throw failed(url, `status ${response.status} ${response.statusText}`);
      return { url: place, headers, tag: sha256 ?? tag, sha256 };
    }
    place = new URL(next, place).href;
  }
  throw failed(url, 'too many redirects');
}

/** Throws away what was fetched of another file. */
async function keepIfSame(part: string, { tag }: RemoteFile): Promise<void> {
  const known = await readFile(`${part}.tag`, 'utf8').catch(() => undefined);
  if (tag === undefined || known !== tag) await rm(part, { force: true });
  if (tag !== undefined) await writeFile(`${part}.tag`, tag);
}

async function fetchRest(remote: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  const headers = { ...remote.headers, ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
  const response = await request(remote.url, { headers }, options.signal);
  if (response.status === 416 && have > 0) return; // nothing is left to fetch; the hash decides
  if (!response.ok || response.body === null) {
    throw failed(remote.url, `status ${response.status} ${response.statusText}`);
  }
  const resumed = response.status === 206;
  const start = resumed ? have : 0;
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : start + Number(length);
  let bytes = start;
  const counter = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      options.onProgress?.({ bytes, total });
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  const file = createWriteStream(part, { flags: resumed ? 'a' : 'w' });
  await pipeline(body, counter, file, { signal: options.signal });
  if (total !== undefined && bytes !== total) throw new Error(`the connection ended after ${bytes} of ${total} bytes`);
}

async function request(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && hostname !== 'localhost' && hostname !== '127.0.0.1') {
    throw failed(url, 'an address that is not https');
  }
  try {
    return await fetch(url, {
      ...init,
      redirect: init.method === 'HEAD' ? 'manual' : 'follow',
      signal: signal ?? null,
    });
  } catch (cause) {
    throwIfCancelled(signal);
    throw new Error(`no answer from ${new URL(url).host} (${causeOf(cause)})`, { cause });
  }
}

function causeOf(error: unknown): string {
  const inner = error instanceof Error ? (error.cause ?? error) : error;
  return inner instanceof Error ? inner.message : String(inner);
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new PcTalkError('cancelled', 'download: cancelled; what has arrived is kept.');
}

function failed(url: string, got: string, cause?: unknown): PcTalkError {
  if (cause instanceof PcTalkError) return cause;
  return new PcTalkError(
    'download-failed',
    `download of ${url}: expected the file, got ${got}; run it again to go on, or fetch it by other means and use pctalk models add.`,
    { cause },
  );
}
