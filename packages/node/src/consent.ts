import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Consent, PcTalkError } from '@pctalk/core';

/** SHA-256 of the bundled portrait, the one source that needs no consent: the work of a government, published. */
export const SAMPLE_SHA256 = 'a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130';
/** What stands in place of a consent for it. */
export const SAMPLE_CONSENT = 'bundled sample: public-domain portrait, United States Navy, 1984';
/** Longest text kept, characters. */
const CONSENT_MAX = 1000;

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
  const stated = text?.trim() || (source.sha256 === SAMPLE_SHA256 ? SAMPLE_CONSENT : '');
  if (stated === '') {
    throw new PcTalkError(
      'consent-missing',
      `--consent: expected who agreed that '${source.name}' be made to speak, got nothing; ` +
        `state it, as in --consent "Ada Example agreed by e-mail on 3 May"`,
    );
  }
  if (stated.length > CONSENT_MAX) {
    throw new PcTalkError(
      'value-out-of-range',
      `--consent: expected at most ${CONSENT_MAX} characters, got ${stated.length}; shorten it`,
    );
  }
  const textSha256 = createHash('sha256').update(stated, 'utf8').digest('hex');
  return { text: stated, textSha256, sourceSha256: source.sha256, time: time.toISOString() };
}

/** SHA-256 of a file's content, hex, read in pieces. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes);
  return hash.digest('hex');
}
