import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIGITAL_SOURCE_TYPE, type ProvenanceFacts, READER_SETTINGS, reportProvenance } from '@pctalk/core';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { BytesBlob, loadC2pa } from './c2pa.ts';
import { signPicture, signVideo, verifyProvenance } from './provenance.ts';
import { loadSigner } from './signing-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const FACTS: ProvenanceFacts = {
  title: 'out.mp4',
  version: '1.2.3',
  inputs: [{ role: 'source', sha256: 'ab'.repeat(32) }],
  consent: {
    text: 'Zoë agreed',
    textSha256: 'cd'.repeat(32),
    sourceSha256: 'ab'.repeat(32),
    time: '2026-01-02T03:04:05.000Z',
  },
};

beforeAll(() => {
  writeFileSync(at('tone.wav'), wave(tone(2, 16_000), 16_000));
  const video = ['-f', 'lavfi', '-i', 'testsrc=s=128x128:r=25:d=2', '-i', at('tone.wav'), '-pix_fmt', 'yuv420p'];
  ffmpegSync([...video, '-movflags', '+faststart', at('plain.mp4')]);
});
beforeEach(() => {
  vi.stubEnv('XDG_CONFIG_HOME', at('config'));
  vi.stubEnv('PCTALK_SIGN_CERT', '');
  vi.stubEnv('PCTALK_SIGN_KEY', '');
});

describe('signVideo', () => {
  it('states what the video is, and plays as before', async () => {
    await signVideo(at('plain.mp4'), at('signed.mp4'), FACTS, await loadSigner());
    expect(await verifyProvenance(at('signed.mp4'))).toEqual({
      state: 'valid',
      valid: true,
      trusted: false,
      signer: 'pctalk installation, pctalk (self-signed)',
      generator: 'pctalk 1.2.3',
      title: 'out.mp4',
      actions: ['c2pa.created'],
      digitalSourceType: DIGITAL_SOURCE_TYPE,
      inputs: FACTS.inputs,
      consent: FACTS.consent,
      failures: [],
      unsigned: [],
    });
    const md5 = (name: string): string => ffmpegSync(['-i', at(name), '-f', 'md5', 'pipe:1']).toString();
    expect(md5('signed.mp4')).toBe(md5('plain.mp4'));
  });

  it('detects every changed part', async () => {
    await signVideo(at('plain.mp4'), at('whole.mp4'), FACTS, await loadSigner());
    const file = readFileSync(at('whole.mp4'));
    const places = {
      picture: file.length - 200,
      index: file.indexOf('trak') + 30,
      consent: file.indexOf('Zo'),
      signer: file.indexOf('pctalk installation'),
    };
    for (const [name, place] of Object.entries(places)) {
      const changed = Buffer.from(file);
      changed[place]! ^= 1;
      writeFileSync(at('changed.mp4'), changed);
      expect(await verifyProvenance(at('changed.mp4')), name).toMatchObject({ state: 'invalid', valid: false });
    }
    writeFileSync(at('changed.mp4'), file.subarray(0, file.length - 1000));
    expect(await verifyProvenance(at('changed.mp4')), 'cut').toMatchObject({ valid: false });
  });

  it.skipIf(!existsSync('/dev/full'))('tells of a full disk', async () => {
    const work = signVideo(at('plain.mp4'), '/dev/full', FACTS, await loadSigner(), 'out.mp4');
    await expect(work).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining("'out.mp4'"),
    });
  });

  it('agrees with the library signing the whole file itself', async () => {
    // The library reads back what we bound; here a file whose media box is long and whose index stands behind it.
    ffmpegSync(['-i', at('plain.mp4'), '-c', 'copy', at('index-last.mp4')]);
    await signVideo(at('index-last.mp4'), at('signed-last.mp4'), FACTS, await loadSigner());
    const whole = new BytesBlob(readFileSync(at('signed-last.mp4'))) as unknown as Blob;
    using reader = await loadC2pa().WasmReader.fromBlob('video/mp4', whole, READER_SETTINGS);
    expect(reportProvenance(reader.json())).toMatchObject({ state: 'valid', failures: [] });
    expect((await verifyProvenance(at('signed-last.mp4'))).state).toBe('valid');
  });

  it('is read by ffprobe as the same two streams', async (context) => {
    await signVideo(at('plain.mp4'), at('probe.mp4'), FACTS, await loadSigner());
    const probe = spawnSync(
      'ffprobe',
      ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', at('probe.mp4')],
      { encoding: 'utf8' },
    );
    if (probe.error) return context.skip('ffprobe is not installed');
    expect([probe.stdout.trim(), probe.stderr]).toEqual(['h264\naac', '']);
  });
});

describe('signPicture', () => {
  it('states what the picture is and detects a change', async () => {
    const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#804020' } })
      .png()
      .toBuffer();
    const signed = Buffer.from(await signPicture(picture, 'image/png', FACTS, await loadSigner()));
    writeFileSync(at('signed.png'), signed);
    expect(await verifyProvenance(at('signed.png'))).toMatchObject({
      valid: true,
      digitalSourceType: DIGITAL_SOURCE_TYPE,
    });
    signed[signed.lastIndexOf('IDAT') + 8]! ^= 1;
    writeFileSync(at('signed.png'), signed);
    expect(await verifyProvenance(at('signed.png'))).toMatchObject({ valid: false });
  });
});

describe('verifyProvenance', () => {
  it('tells a file without a manifest from a file it cannot read', async () => {
    expect(await verifyProvenance(at('plain.mp4'))).toMatchObject({ state: 'none', valid: false });
    writeFileSync(at('text.txt'), 'no media');
    for (const name of ['missing.mp4', 'text.txt', '.']) {
      await expect(verifyProvenance(at(name)), name).rejects.toMatchObject({ code: 'provenance-unreadable' });
    }
  });
});

describe('a manifest kept elsewhere', () => {
  it('is not fetched: a file cannot make the program call an address', async () => {
    let calls = 0;
    const server = createServer((_, response) => {
      calls++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.c2pa`;
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="${address}"/></rdf:RDF></x:xmpmeta>`;
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#804020' } })
      .withXmp(xmp)
      .jpeg()
      .toFile(at('elsewhere.jpg'));
    const report = await verifyProvenance(at('elsewhere.jpg'));
    server.close();
    expect(calls).toBe(0);
    expect(report).toMatchObject({ state: 'none', failures: [expect.stringContaining('elsewhere')] });
  });
});

describe('loadSigner', () => {
  it('makes one key, keeps it to the user, and uses it again', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', at('fresh'));
    const [a, b] = await Promise.all([loadSigner(), loadSigner()]);
    expect(a.chain).toEqual(b.chain);
    expect((await loadSigner()).chain).toEqual(a.chain);
    expect(readdirSync(at('fresh/pctalk'))).toEqual(['signing.pem']);
    expect(statSync(at('fresh/pctalk/signing.pem')).mode & 0o777).toBe(0o600);
  });

  it('works where nothing can be kept, and says so', async () => {
    writeFileSync(at('occupied'), '');
    vi.stubEnv('XDG_CONFIG_HOME', at('occupied'));
    const onWarning = vi.fn();
    const signer = await loadSigner(onWarning);
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: 'signing-key-not-kept' }));
    await signVideo(at('plain.mp4'), at('ephemeral.mp4'), FACTS, signer);
    expect((await verifyProvenance(at('ephemeral.mp4'))).valid).toBe(true);
  });

  it('says what to delete when its own key is damaged or cannot be read', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', at('damaged'));
    mkdirSync(at('damaged/pctalk/signing.pem'), { recursive: true });
    const refusal = { code: 'usage', message: expect.stringContaining(`delete ${at('damaged/pctalk/signing.pem')}`) };
    await expect(loadSigner()).rejects.toMatchObject(refusal);
    rmSync(at('damaged/pctalk/signing.pem'), { recursive: true });
    writeFileSync(at('damaged/pctalk/signing.pem'), 'half a k');
    await expect(loadSigner()).rejects.toMatchObject(refusal);
  });

  it('takes a key and chain of the user’s own, and refuses half of them', async () => {
    const { chain } = await loadSigner();
    vi.stubEnv('PCTALK_SIGN_CERT', at('config/pctalk/signing.pem'));
    await expect(loadSigner()).rejects.toMatchObject({ code: 'usage' });
    vi.stubEnv('PCTALK_SIGN_KEY', at('config/pctalk/signing.pem'));
    expect((await loadSigner()).chain).toEqual(chain);
    vi.stubEnv('PCTALK_SIGN_KEY', at('missing.pem'));
    await expect(loadSigner()).rejects.toMatchObject({ code: 'usage' });
  });
});
