import { describe, expect, it } from 'vitest';
import { checkOutput, outputKindOf } from './outputs.ts';

describe('outputKindOf', () => {
  it.each([
    ['a.mp4', 'mp4'],
    ['b/C.MP4', 'mp4'],
    ['a.webm', 'webm'],
    ['a.b.gif', 'gif'],
    ['frames/', 'png'],
    ['x.mp4/', 'png'],
  ])('reads %s as %s', (name, kind) => {
    expect(outputKindOf(name)).toBe(kind);
  });

  it.each([
    ['a.mov', 'a.mp4'],
    ['a', 'a.mp4'],
    ['dir.x/a.png', 'dir.x/a.mp4'],
  ])('refuses %s and names %s', (name, better) => {
    expect(() => outputKindOf(name)).toThrow(expect.objectContaining({ code: 'output-unwritable' }));
    expect(() => outputKindOf(name)).toThrow(new RegExp(`name it ${better}$`));
  });
});

describe('checkOutput', () => {
  it('lets only webm and png leave the background out', () => {
    const take = { seconds: 5, transparent: true };
    for (const kind of ['webm', 'png'] as const) checkOutput(kind, take);
    for (const kind of ['mp4', 'gif'] as const) expect(() => checkOutput(kind, take)).toThrow(/webm, png/);
  });

  it('bounds the length of a gif', () => {
    checkOutput('gif', { seconds: 30, transparent: false });
    expect(() => checkOutput('gif', { seconds: 30.1, transparent: false })).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
  });
});
