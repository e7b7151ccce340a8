import { PcTalkError, type WarningReporter } from '../errors.ts';
import type { TranscriptLanguage } from './languages.ts';

/** What helps where bytes do not say how they are to be read. */
export interface DecodeTextOptions {
  /** Names the file in messages. */
  readonly where: string;
  /** Of the text; tells which of the old code pages of one language each was meant. @default a western one */
  readonly language?: TranscriptLanguage | undefined;
  /** Hears of text that is not Unicode, and of bytes that stand for no letter. */
  readonly onWarning?: WarningReporter | undefined;
}

/** What programs of a language wrote before Unicode, as the Encoding Standard names it. */
const CODE_PAGES: Readonly<Partial<Record<TranscriptLanguage, string>>> = {
  ja: 'shift_jis',
  ko: 'euc-kr',
  pl: 'windows-1250',
  ru: 'windows-1251',
  zh: 'gb18030',
};
const WESTERN = 'windows-1252';
/** Bytes 80 to 9F of Windows-1252; Node 20 reads them as the control characters of Latin-1. */
const WESTERN_SIGNS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** Bytes that stand for no letter in Windows-1252. */
const WESTERN_GAPS = /[\u0081\u008d\u008f\u0090\u009d]/;
/** Share of letters beyond ASCII from which a text is not western: French has about .05. */
const WESTERN_LETTERS = 0.35;
/** Share of wrong bytes among the signs beyond ASCII up to which a text is still UTF-8. */
const BROKEN = 0.2;

/**
 * Reads the bytes of a text: UTF-8, UTF-16 with or without a byte order mark, or the code page that the language's
 * programs wrote before Unicode (Windows-1252 unless `language` says otherwise), with a warning.
 * @throws transcript-mismatch if they are no text, or in an encoding that is not read
 */
export function decodeText(bytes: Uint8Array, options: DecodeTextOptions): string {
  const unicode = unicodeText(bytes, options);
  const text = unicode ?? codePageText(bytes, options);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u0008\u000e-\u001a]/.test(text)) throw unreadable(options.where, 'got bytes that are no text');
  return text;
}

function unicodeText(bytes: Uint8Array, options: DecodeTextOptions): string | undefined {
  const [a, b, c, d] = bytes;
  const isLong = (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff);
  if (isLong) throw unreadable(options.where, 'got UTF-32');
  if (a === 0xff && b === 0xfe) return wideText(bytes.subarray(2), 'utf-16le', options);
  if (a === 0xfe && b === 0xff) return wideText(bytes.subarray(2), 'utf-16be', options);
  const isMarked = a === 0xef && b === 0xbb && c === 0xbf;
  const zeros = [0, 0];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros[i & 1]!++;
  // Spaces, digits and line ends of any script are zero in their high byte.
  if (zeros[1]! > zeros[0]!) return wideText(bytes, 'utf-16le', options);
  if (zeros[0]! > zeros[1]!) return wideText(bytes, 'utf-16be', options);
  const text = new TextDecoder('utf-8').decode(bytes);
  const wrong = count(text, /\ufffd/g);
  if (wrong === 0) return text;
  if (!isMarked && wrong > BROKEN * count(text, /[^\0-\x7f\ufffd]/g)) return undefined;
  options.onWarning?.({
    code: 'text-encoding',
    message: `${options.where}: ${wrong} of its letters are damaged UTF-8 and are left out; save it again as UTF-8`,
  });
  return text.replaceAll('\ufffd', '');
}

/** UTF-16; half a letter at the end is left out. */
function wideText(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be', { where }: DecodeTextOptions): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, bytes.length & ~1));
  } catch (cause) {
    throw unreadable(where, `got ${encoding.toUpperCase()} with letters that do not exist`, cause);
  }
}

function codePageText(bytes: Uint8Array, { where, language, onWarning }: DecodeTextOptions): string {
  const page = (language && CODE_PAGES[language]) ?? WESTERN;
  const decoded = new TextDecoder(page).decode(bytes);
  const text = page === WESTERN ? decoded.replace(/[\u0080-\u009f]/g, western) : decoded;
  const letters = count(text, /\p{L}/gu);
  const foreign = letters - count(text, /[a-z]/gi);
  const fits =
    page === WESTERN ? !WESTERN_GAPS.test(text) && foreign <= WESTERN_LETTERS * letters : !text.includes('\ufffd');
  if (!fits) throw unreadable(where, `got an encoding that is neither Unicode nor ${page}`);
  onWarning?.({
    code: 'text-encoding',
    message: `${where}: the text is not Unicode and is read as ${page}; save it as UTF-8 if its letters look wrong`,
  });
  return text;
}

function western(control: string): string {
  return WESTERN_SIGNS[control.charCodeAt(0) - 0x80]!;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found++;
  return found;
}

function unreadable(where: string, got: string, cause?: unknown): PcTalkError {
  const advice = 'save it with the encoding UTF-8, or name the language of an older one with --language';
  return new PcTalkError('transcript-mismatch', `${where}: expected text in UTF-8 or UTF-16, ${got}; ${advice}`, {
    cause,
  });
}
