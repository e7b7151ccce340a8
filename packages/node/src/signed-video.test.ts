import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvenanceFacts } from '@pctalk/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { tone, wave } from '../test/sounds.ts';
import { inspectAudio } from './audio-decode.ts';
import { hashFile, recordConsent, SAMPLE_CONSENT, SAMPLE_SHA256 } from './consent.ts';
import { createOutputFile } from './output-file.ts';
import { verifyProvenance } from './provenance.ts';
import { sampleFiles } from './sample.ts';
import { openSignedVideo } from './signed-video.ts';
import { loadSigner } from './signing-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));

async function makeVideo(name: string, signal?: AbortSignal, atFrame = (_: number) => {}): Promise<void> {
  const path = join(folder, 'tone.wav');
  writeFileSync(path, wave(tone(0.4, 16_000), 16_000));
  const consent = recordConsent({ sha256: await hashFile(path), name: path }, 'Ada agreed');
  const facts: ProvenanceFacts = { title: name, version: '1', inputs: [], consent };
  await using output = await createOutputFile(join(folder, name), { inputs: [path], extension: '.mp4' });
  const audio = { path, info: await inspectAudio(path) };
  await using video = await openSignedVideo({
    width: 64,
    height: 64,
    audio,
    output,
    signer: await loadSigner(),
    signal,
  });
  for (let n = 0; n < 10; n++) {
    await video.write(new Uint8ClampedArray(64 * 64 * 4).fill(n * 20));
    atFrame(n);
  }
  await video.finish(facts);
}

describe('openSignedVideo', () => {
  it('leaves one file, signed', async () => {
    mkdirSync(join(folder, 'one'));
    await makeVideo('one/a.mp4');
    expect(readdirSync(join(folder, 'one'))).toEqual(['a.mp4']);
    expect(await verifyProvenance(join(folder, 'one/a.mp4'))).toMatchObject({
      valid: true,
      consent: { text: 'Ada agreed' },
    });
  });

  it('leaves nothing when cancelled', async () => {
    mkdirSync(join(folder, 'none'));
    await expect(makeVideo('none/a.mp4', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(join(folder, 'none'))).toEqual([]);
  });

  it.each([0, 9])('tells that its folder was removed after frame %i', async (frame) => {
    mkdirSync(join(folder, 'gone'));
    const remove = (n: number) => n === frame && rmSync(join(folder, 'gone'), { recursive: true });
    await expect(makeVideo('gone/a.mp4', undefined, remove)).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining('removed'),
    });
  });
});

describe('recordConsent', () => {
  const source = { sha256: 'ab'.repeat(32), name: 'face.jpg' };

  it('keeps the words, their hash, the hash of the source and the time', () => {
    expect(recordConsent(source, ' Zoë agreed ', new Date(0))).toEqual({
      text: 'Zoë agreed',
      textSha256: '9a734a57da31008f68690d4ed98654767d84bc0a0fa8e759f30470c1e5ecda87',
      sourceSha256: source.sha256,
      time: '1970-01-01T00:00:00.000Z',
    });
  });

  it.each([undefined, '', '  \n'])('refuses %j and names the flag', (text) => {
    expect(() => recordConsent(source, text)).toThrow(expect.objectContaining({ code: 'consent-missing' }));
    expect(() => recordConsent(source, text)).toThrow('--consent');
  });

  it('refuses an essay', () => {
    expect(() => recordConsent(source, 'x'.repeat(1001))).toThrow(
      expect.objectContaining({ code: 'value-out-of-range' }),
    );
  });

  it('asks for none for the bundled portrait, recognised by its content', async () => {
    const sha256 = await hashFile(sampleFiles().source);
    expect(sha256).toBe(SAMPLE_SHA256);
    expect(recordConsent({ sha256, name: 'renamed.jpg' }, undefined).text).toBe(SAMPLE_CONSENT);
  });
});
