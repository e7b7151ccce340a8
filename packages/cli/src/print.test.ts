import { PcTalkError } from '@pctalk/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { printable, printError, printJson, printLine, printNote, warnings } from './print.ts';

/** Clear screen, colour, bell, one-byte CSI, title by OSC, line forged by CR and LF, right-to-left override, tag, lone half. */
const HOSTILE = 'a\x1b[2J\x1b[31m\x07\x9b31m\x1b]0;x\x07\r\nerror\u2028\u202e\u{e0041}\ud800\x7fz';

afterEach(() => vi.restoreAllMocks());

function collect(stream: NodeJS.WriteStream): () => string {
  let text = '';
  vi.spyOn(stream, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  return () => text;
}

/** Whether a code point other than a line end is left that no text needs. */
const steering = (text: string): boolean =>
  Array.from(text, (character) => character.codePointAt(0)!).some(
    (point) =>
      (point < 0x20 && point !== 0x0a) ||
      (point >= 0x7f && point < 0xa0) ||
      (point >= 0x2028 && point <= 0x202e) ||
      (point >= 0xd800 && point < 0xe000) ||
      point >> 12 === 0xe0,
  );

describe('printable', () => {
  it('shows what steers a terminal, and keeps what people write', () => {
    expect(steering(printable(HOSTILE))).toBe(false);
    expect(printable('a\x1b[2J\r\n\tb\x9b')).toBe('a\\u001b[2J b\\u009b');
    const written = 'Zoë – 頭 👩‍👩‍👧 می‌خواهم e\u0301';
    expect(printable(written)).toBe(written);
  });
});

describe('everything that is printed', () => {
  it('is one clean line for each line of ours', async () => {
    const out = collect(process.stdout);
    const err = collect(process.stderr);
    await printLine(HOSTILE);
    printNote(HOSTILE);
    warnings()({ code: 'x', message: HOSTILE });
    printError(new PcTalkError('usage', HOSTILE), { debug: false });
    printError(new Error(HOSTILE), { debug: true });
    expect(out().split('\n')).toHaveLength(2);
    expect(steering(out() + err())).toBe(false);
    expect(
      err()
        .split('\n')
        .filter((line) => line.startsWith('error')),
    ).toHaveLength(2 + 1); // the stack's second line
  });

  it('is the same value when it is JSON', async () => {
    const out = collect(process.stdout);
    await printJson({ name: HOSTILE, list: [1] });
    expect(steering(out())).toBe(false);
    expect(JSON.parse(out())).toEqual({ name: HOSTILE, list: [1] });
  });
});
