import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFiles } from '@pctalk/node';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-emotion-'));
const { source } = sampleFiles();
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

describe('pctalk evaluate', () => {
  it('asks for what it needs', async () => {
    expect(await run(['evaluate', 'emotion', '--speech', 'a.wav', '-o', folder])).toBe(2);
    expect(said).toContain('--portraits');
  });
});
