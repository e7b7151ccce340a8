import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const TEXT = '1\r\n00:00:00,000 --> 00:00:07,000\r\nHello – “Zoë” köstlich, déjà vu\r\n';
const utf8 = (text: string) => new TextEncoder().encode(text);

/** UTF-16 bytes. */
function wide(text: string, isBig: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), !isBig);
  return bytes;
}

/** Windows-1252 bytes of the letters in `TEXT`. */
function western(text: string): Uint8Array {
  const high: Record<string, number> = { '–': 0x96, '“': 0x93, '”': 0x94 };
  return Uint8Array.from(text, (letter) => high[letter] ?? letter.charCodeAt(0));
}

function read(bytes: Uint8Array, language?: 'ru' | 'pl') {
  const warned: string[] = [];
  const text = decodeText(bytes, { where: 'a.srt', language, onWarning: ({ code }) => warned.push(code) });
  return { text, warned };
}

describe('decodeText', () => {
  it.each([
    ['UTF-8', utf8(TEXT)],
    ['UTF-8 with a mark', utf8(`\ufeff${TEXT}`)],
    ['UTF-16LE with a mark', wide(`\ufeff${TEXT}`, false)],
    ['UTF-16BE with a mark', wide(`\ufeff${TEXT}`, true)],
    ['UTF-16LE', wide(TEXT, false)],
    ['UTF-16BE', wide(TEXT, true)],
    ['UTF-16LE and half a letter', wide(`${TEXT}x`, false).subarray(0, -1)],
  ])('reads %s', (_, bytes) => {
    expect(read(bytes)).toEqual({ text: TEXT, warned: [] });
  });

  it('reads UTF-16 of other scripts by its digits and line ends', () => {
    const text = '1\n00:00:00,000 --> 00:00:07,000\nпривет мир 你好\n';
    for (const isBig of [false, true]) expect(read(wide(text, isBig)).text).toBe(text);
  });

  it('reads Windows-1252, and the older encoding of the language that is named, with a warning', () => {
    expect(read(western(TEXT))).toEqual({ text: TEXT, warned: ['text-encoding'] });
    const russian = Uint8Array.of(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2); // Привет in Windows-1251
    expect(read(russian, 'ru')).toEqual({ text: 'Привет', warned: ['text-encoding'] });
    expect(() => read(russian)).toThrow(/a\.srt: expected text in UTF-8 or UTF-16.*--language/);
    expect(read(Uint8Array.of(0xb3, 0xf3, 0xbf, 0x6b, 0x6f), 'pl').text).toBe('łóżko');
  });

  it('reads UTF-8 with a damaged letter, and says so', () => {
    const bytes = [...utf8('Zoë isst köstliche Äpfel für Übermütige')];
    bytes.splice(-6, 0, 0xc3);
    expect(read(Uint8Array.from(bytes))).toMatchObject({ warned: ['text-encoding'] });
  });

  it('refuses UTF-32 and what is no text', () => {
    expect(() => read(Uint8Array.of(0xff, 0xfe, 0, 0, 0x48, 0, 0, 0))).toThrow(/UTF-32/);
    expect(() => read(Uint8Array.of(0, 0, 0, 0x20, 0x66, 0x74, 0x79, 0x70, 1, 2, 3))).toThrow(/expected text/);
    expect(() => read(Uint8Array.from({ length: 512 }, (_, i) => i & 255))).toThrow(/expected text/);
  });
});
