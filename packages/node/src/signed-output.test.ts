import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvenanceFacts } from '@pctalk/core';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { inspectAudio } from './audio-decode.ts';
import { hashFile, recordConsent, SAMPLE_CONSENT, SAMPLE_SHA256 } from './consent.ts';
import { verifyProvenance } from './provenance.ts';
import { sampleFiles } from './sample.ts';
import { claimOutput } from './signed-output.ts';
import { loadSigner } from './signing-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));

async function makeVideo(
  name: string,
  signal?: AbortSignal,
  atFrame = (_: number) => {},
  transparent = false,
): Promise<void> {
  const path = join(folder, 'tone.wav');
  writeFileSync(path, wave(tone(0.4, 16_000), 16_000));
  const consent = recordConsent({ sha256: await hashFile(path), name: path }, 'Ada agreed');
  const facts: ProvenanceFacts = { title: name, version: '1', inputs: [], consent };
  await using output = await claimOutput(`${folder}/${name}`, [path]);
  const audio = { path, info: await inspectAudio(path) };
  await using video = await output.open({
    width: 64,
    height: 64,
    audio,
    facts,
    transparent,
    signer: await loadSigner(),
    signal,
  });
  for (let n = 0; n < 10; n++) {
    await video.write(new Uint8ClampedArray(64 * 64 * 4).fill(n * 20));
    atFrame(n);
  }
  await video.finish();
}

describe('claimOutput', () => {
  it('leaves one file, signed', async () => {
    mkdirSync(join(folder, 'one'));
    await makeVideo('one/a.mp4');
    expect(readdirSync(join(folder, 'one'))).toEqual(['a.mp4']);
    expect(await verifyProvenance(join(folder, 'one/a.mp4'))).toMatchObject({
      valid: true,
      consent: { text: 'Ada agreed' },
    });
  });

  it.each(['mp4', 'webm', 'gif'] as const)('signs a %s, and a changed byte shows', async (kind) => {
    mkdirSync(join(folder, kind));
    await makeVideo(`${kind}/a.${kind}`);
    const names = readdirSync(join(folder, kind)).sort();
    expect(names).toEqual(kind === 'webm' ? ['a.c2pa', 'a.webm'] : [`a.${kind}`]);
    const path = join(folder, kind, `a.${kind}`);
    const facts = { valid: true, consent: { text: 'Ada agreed' }, title: `${kind}/a.${kind}`, failures: [] };
    expect(await verifyProvenance(path)).toMatchObject(facts);
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length * 0.7)]! ^= 1;
    writeFileSync(path, bytes);
    expect(await verifyProvenance(path)).toMatchObject({ valid: false, state: 'invalid' });
  });

  it('tells of a WebM whose manifest is not beside it', async () => {
    mkdirSync(join(folder, 'lone'));
    await makeVideo('lone/a.webm');
    rmSync(join(folder, 'lone/a.c2pa'));
    expect(await verifyProvenance(join(folder, 'lone/a.webm'))).toMatchObject({
      state: 'none',
      failures: [expect.stringContaining('a.c2pa')],
    });
  });

  it('writes a folder of signed pictures, each as it was drawn', async () => {
    mkdirSync(join(folder, 'frames'));
    await makeVideo('frames/', undefined, undefined, true);
    const names = readdirSync(join(folder, 'frames')).sort();
    expect(names).toEqual(Array.from({ length: 10 }, (_, n) => `00000${n}.png`));
    expect(await verifyProvenance(join(folder, 'frames/000003.png'))).toMatchObject({
      valid: true,
      title: '000003.png',
    });
    const { data, info } = await sharp(join(folder, 'frames/000003.png')).raw().toBuffer({ resolveWithObject: true });
    expect([info.channels, ...data.subarray(0, 4)]).toEqual([4, 60, 60, 60, 60]);
    await expect(makeVideo('frames/')).rejects.toMatchObject({ code: 'output-unwritable' });
  });

  it('keeps what shows through in a WebM', async () => {
    await makeVideo('alpha.webm', undefined, undefined, true);
    const raw = ['-pix_fmt', 'yuva420p', '-f', 'rawvideo', 'pipe:1'];
    const planes = ffmpegSync(['-c:v', 'libvpx-vp9', '-i', join(folder, 'alpha.webm'), ...raw]);
    const [size, luma] = [64 * 64 * 2.5, 64 * 64];
    for (let n = 0; n < 10; n++)
      expect(Math.abs(planes[n * size + 1.5 * luma + 2080]! - n * 20)).toBeLessThanOrEqual(3);
  });

  it.each(['mp4', 'webm', 'gif', ''] as const)('leaves nothing of a %s when cancelled', async (kind) => {
    mkdirSync(join(folder, `none-${kind}`));
    const name = `none-${kind}/a${kind === '' ? '/' : `.${kind}`}`;
    await expect(makeVideo(name, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(join(folder, `none-${kind}`))).toEqual([]);
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
