import { PcTalkError } from '../errors.ts';

/** SHA-256 of the bundled portrait, the one source that needs no consent: the work of a government, published. */
export const SAMPLE_SHA256 = 'a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130';
/** What stands in place of a consent for it. */
export const SAMPLE_CONSENT = 'bundled sample: public-domain portrait, United States Navy, 1984';
/** Longest text kept, characters. */
const CONSENT_MAX = 1000;

/**
 * The words under which a source may be made to speak.
 * @param source.sha256 of the source file, hex
 * @param source.name for messages
 * @param text what the user states; not needed for the bundled sample
 * @param option how the user states it, for messages: `--consent`
 * @throws consent-missing, value-out-of-range (longer than 1000 characters)
 */
export function statedConsent(
  source: { readonly sha256: string; readonly name: string },
  text: string | undefined,
  option: string,
): string {
  const stated = text?.trim() || (source.sha256 === SAMPLE_SHA256 ? SAMPLE_CONSENT : '');
  if (stated === '') {
    throw new PcTalkError(
      'consent-missing',
      `${option}: expected who agreed that '${source.name}' be made to speak, got nothing; ` +
        `state it, as in ${option} "Ada Example agreed by e-mail on 3 May"`,
    );
  }
  if (stated.length > CONSENT_MAX) {
    throw new PcTalkError(
      'value-out-of-range',
      `${option}: expected at most ${CONSENT_MAX} characters, got ${stated.length}; shorten it`,
    );
  }
  return stated;
}
