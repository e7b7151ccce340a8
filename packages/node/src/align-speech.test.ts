import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { alignSpeech } from './align-speech.ts';

const sample = (name: string) => createRequire(import.meta.url).resolve(`@pctalk/core/assets/sample/${name}`);
const speech = sample('speech.wav');

describe('alignSpeech', () => {
  let right: Awaited<ReturnType<typeof alignSpeech>>;
  beforeAll(async () => {
    right = await alignSpeech(speech, await readFile(sample('speech.txt'), 'utf8'));
  }, 120_000);

  it('finds the words of the sample where they are heard', () => {
    const of = (text: string) => right.find((word) => word.text === text)!;
    expect(right[0]).toMatchObject({ text: 'Hello', origin: 'aligned' });
    // The sample's own sentences begin after pauses that are seen in the waveform.
    expect(of('Hello').start).toBeGreaterThan(0.08);
    expect(of('Hello').start).toBeLessThan(0.24);
    expect(of('People').start - of('welcome').end).toBeGreaterThan(0.08);
    right.slice(1).forEach((word, i) => {
      expect(word.start).toBeGreaterThanOrEqual(right[i]!.end - 1e-6);
    });
  });

  it('warns of a word that is not said, and keeps the others', async () => {
    const warnings: string[] = [];
    const text = right.map((word) => (word.text === 'machines' ? 'elephants' : word.text)).join(' ');
    const words = await alignSpeech(speech, text, { onWarning: ({ code, message }) => warnings.push(code + message) });
    expect(warnings.join()).toMatch(/word-weak.*elephants/);
    const book = (list: typeof words) => list.find((word) => word.text === 'book')!.start;
    expect(Math.abs(book(words) - book(right))).toBeLessThan(0.05);
  }, 120_000);

  it('refuses a text that is not what is said', async () => {
    const other = 'Yesterday the committee refused every single proposal of our distinguished colleague';
    await expect(alignSpeech(speech, other)).rejects.toMatchObject({ code: 'transcript-mismatch' });
  }, 120_000);
});
