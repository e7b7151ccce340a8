import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Consent, statedConsent } from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';

export { SAMPLE_CONSENT, SAMPLE_SHA256 } from '@pctalk/core';

/**
 * Records who agreed that a source be made to speak.
 * @param source.sha256 of the source file, hex
 * @param source.name for messages
 * @param text what the user states; not needed for the bundled sample
 * @throws consent-missing, value-out-of-range (longer than 1000 characters)
 */
export function recordConsent(
  source: { readonly sha256: string; readonly name: string },
  text: string | undefined,
  time: Date = new Date(),
): Consent {
  const stated = statedConsent(source, text, '--consent');
  const textSha256 = createHash('sha256').update(stated, 'utf8').digest('hex');
  return { text: stated, textSha256, sourceSha256: source.sha256, time: time.toISOString() };
}

/** SHA-256 of bytes, hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file's content, hex, read in pieces. @throws cancelled */
export async function hashFile(
  path: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) {
    throwIfCancelled(signal);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
