import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFiles } from '@pctalk/node';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PerformanceFlags, readPerformance } from '../performance-options.ts';
import { run } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-emotion-'));
const { source, audio } = sampleFiles();
let said = '';
beforeEach(() => {
  said = '';
  const hear = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
  return () => vi.restoreAllMocks();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('pctalk sheet', () => {
  it('draws the sample', async () => {
    const output = join(folder, 'sheet.png');
    expect(await run(['sheet', source, '-o', output])).toBe(0);
    expect(existsSync(output)).toBe(true);
    expect(said).toContain('sheet.png');
  });

  it('wants to know where to', async () => {
    expect(await run(['sheet', source])).toBe(2);
    expect(said).toContain('--output');
  });
});

describe('emotion references', () => {
  it('refuse a timing that is none, and a picture that is none', async () => {
    const render = ['render', '--sample', '-o', join(folder, 'a.mp4')];
    expect(await run([...render, '--emotion-video', source, '--emotion-video-fit', 'holt'])).toBe(2);
    expect(said).toContain('hold');
    expect(await run([...render, '--emotion-image', join(folder, 'none.jpg')])).not.toBe(0);
    expect(said).toContain('image-unreadable');
  });
});

describe('emotion from text and voice', () => {
  const render = ['render', '--sample', '-o', join(folder, 'b.mp4')];

  it.each([
    ['a model without its text', ['--emotion-text-model', 'text-emotion'], 2, '--emotion-text beside it'],
    ['a name without its voice', ['--emotion-audio-as', 'happy'], 2, '--emotion-audio beside it'],
    ['no text at all', ['--emotion-text'], 2, 'performance with words'],
    ['a missing file', ['--emotion-text', 'none.txt'], 2, 'none.txt'],
    ['a language that is not read', ['--emotion-text', 'Ich war so traurig und allein.'], 2, 'got German'],
    ['an emotion that is none', ['--emotion-audio', '--emotion-audio-as', 'hapy'], 2, "'happy'"],
    ['a fit that is none', ['--emotion-audio', '--emotion-audio-fit', 'lop'], 2, 'loop'],
    ['a classifier that is not there', ['--emotion-audio', '--emotion-audio-model', 'none'], 5, 'config.json'],
  ])('refuses %s', async (_, flags, status, message) => {
    expect(await run([...render, ...flags])).toBe(status);
    expect(said).toContain(message);
  });
});

describe('--emotion-audio', () => {
  const read = (flags: PerformanceFlags) => readPerformance(flags, () => {}, audio);

  it('moves articulation as the voice in another sound does, unless --energy holds it', async () => {
    const { energy, emotion } = await read({ emotionAudio: audio, emotionAudioFit: 'loop' });
    expect(emotion!.length).toBeGreaterThan(0);
    const curve = (energy as { value: { value: number }[] }[])[0]!.value.map(({ value }) => value);
    expect(Math.max(...curve) - Math.min(...curve)).toBeGreaterThan(0.1);
    expect((await read({ emotionAudio: audio, energy: '1.2' })).energy).toBe(1.2);
    expect((await read({ emotionAudio: true })).energy).toBeUndefined(); // It follows the speech anyway.
  });
});

describe('pctalk evaluate', () => {
  it('asks for what it needs', async () => {
    expect(await run(['evaluate', 'emotion', '--speech', 'a.wav', '-o', folder])).toBe(2);
    expect(said).toContain('--portraits');
  });
});
