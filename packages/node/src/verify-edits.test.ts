import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coseLength, manifestDefinition, type ProvenanceFacts, signCose } from '@pctalk/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryOf } from '../test/child-memory.ts';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { BytesBlob, loadC2pa } from './c2pa.ts';
import { signBeside, signPicture, signVideo, verifyProvenance } from './provenance.ts';
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

let video: Buffer;
let picture: Buffer;
let moving: Buffer;
/** A WebM file, as far as its first bytes, and its manifest. */
const WEBM = Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex');
let beside: Buffer;
beforeAll(async () => {
  vi.stubEnv('XDG_CONFIG_HOME', at('config'));
  vi.stubEnv('PCTALK_SIGN_CERT', '');
  vi.stubEnv('PCTALK_SIGN_KEY', '');
  writeFileSync(at('tone.wav'), wave(tone(1, 16_000), 16_000));
  const input = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=1', '-i', at('tone.wav'), '-pix_fmt', 'yuv420p'];
  ffmpegSync([...input, '-movflags', '+faststart', at('plain.mp4')]);
  const signer = await loadSigner();
  await signVideo(at('plain.mp4'), at('signed.mp4'), FACTS, signer);
  video = readFileSync(at('signed.mp4'));
  ffmpegSync(['-i', at('plain.mp4'), '-t', '0.5', '-movflags', '+faststart', at('short.mp4')]);
  await signVideo(at('short.mp4'), at('other.mp4'), FACTS, signer);
  const create = { width: 40, height: 30, channels: 3, background: '#804020' } as const;
  picture = Buffer.from(await signPicture(await sharp({ create }).png().toBuffer(), 'image/png', FACTS, signer));
  moving = Buffer.from(await signPicture(await sharp({ create }).gif().toBuffer(), 'image/gif', FACTS, signer));
  writeFileSync(at('signed.webm'), WEBM);
  beside = Buffer.from(await signBeside(at('signed.webm'), FACTS, signer));
});

/** A file, or one with its manifest beside it. */
type Edited = Buffer | { readonly file: Buffer; readonly manifest?: Buffer };

/** The verdict in one word: `holds`, `none`, or the codes of what failed. */
async function verdict(edited: Edited): Promise<string> {
  const { file, manifest } = Buffer.isBuffer(edited) ? { file: edited, manifest: undefined } : edited;
  writeFileSync(at('edited'), file);
  rmSync(at('edited.c2pa'), { force: true });
  if (manifest !== undefined) writeFileSync(at('edited.c2pa'), manifest);
  const { state, failures } = await verifyProvenance(at('edited'));
  if (state !== 'invalid') return state === 'valid' ? 'holds' : 'none';
  return failures.map((code) => (/^[\w.]+$/.test(code) ? code : 'unreadable')).join(', ');
}

function flip(bytes: Buffer, place: number, bit = 0): Buffer {
  const edited = Buffer.from(bytes);
  edited[place]! ^= 1 << bit;
  return edited;
}

function box(type: string, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(size);
  bytes.write(type, 4, 'latin1');
  return bytes;
}

/** Places of the top-level boxes. */
function boxes(bytes: Buffer): { readonly type: string; readonly start: number; readonly end: number }[] {
  const found = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + bytes.readUInt32BE(start);
    found.push({ type: bytes.toString('latin1', start + 4, start + 8), start, end });
    start = end;
  }
  return found;
}

const place = (type: string): { readonly start: number; readonly end: number } =>
  boxes(video).find((each) => each.type === type)!;
const insert = (bytes: Buffer, where: number, more: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, where), more, bytes.subarray(where)]);

/** Edits as docs/guide/provenance.md lists them. */
const EDITS: Readonly<Record<string, () => Edited>> = {
  'picture or sound': () => flip(video, video.length - 200),
  'index (`moov`)': () => flip(video, place('moov').start + 30),
  'file type (`ftyp`)': () => flip(video, 12),
  'padding (`free`) inside': () => insert(video, place('mdat').start, box('free', 64)),
  'a `free` box appended': () => Buffer.concat([video, box('free', 1024)]),
  'another box appended': () => Buffer.concat([video, box('abcd', 1024)]),
  'an `mfra` index appended': () => Buffer.concat([video, box('mfra', 64)]),
  'loose bytes appended': () => Buffer.concat([video, Buffer.from('more')]),
  'the end cut off': () => video.subarray(0, -1000),
  "head of the manifest's box": () => flip(video, place('uuid').start + 24 + 4 + 9 + 7),
  "frame inside the manifest's box": () => flip(video, video.indexOf('c2pa.assertions')),
  'bytes behind the manifest, in its box': () => {
    const edited = insert(video, place('uuid').end, Buffer.alloc(16));
    edited.writeUInt32BE(place('uuid').end - place('uuid').start + 16, place('uuid').start);
    return edited;
  },
  'words of the consent': () => flip(video, video.indexOf('Zo')),
  claim: () => flip(video, video.indexOf('instanceID') + 20),
  signature: () => flip(video, place('uuid').end - 10),
  'the manifest taken out': () =>
    Buffer.concat([video.subarray(0, place('uuid').start), video.subarray(place('uuid').end)]),
  'the manifest of another video': () => {
    const other = readFileSync(at('other.mp4'));
    const [from, to] = [place('uuid').start, place('uuid').end];
    return Buffer.concat([video.subarray(0, from), other.subarray(from, boxes(other)[1]!.end), video.subarray(to)]);
  },
  'picture of a PNG': () => flip(picture, picture.lastIndexOf('IDAT') + 8),
  'a chunk put into a PNG': () => insert(picture, picture.length - 12, Buffer.from('AAAAAHRFWHQuz39L', 'base64')),
  'bytes behind a PNG': () => Buffer.concat([picture, Buffer.from('more')]),
  "frame of a PNG's manifest": () => flip(picture, picture.indexOf('c2pa.assertions')),
  'picture of a GIF': () => flip(moving, moving.length - 6),
  'bytes behind a GIF': () => Buffer.concat([moving, Buffer.from('more')]),
  "frame of a GIF's manifest": () => flip(moving, moving.indexOf('c2pa.assertions')),
  'a WebM': () => ({ file: flip(WEBM, 20), manifest: beside }),
  'bytes behind a WebM': () => ({ file: Buffer.concat([WEBM, Buffer.from('more')]), manifest: beside }),
  "frame of a WebM's manifest": () => ({ file: WEBM, manifest: flip(beside, beside.indexOf('c2pa.assertions')) }),
  "bytes behind a WebM's manifest": () => ({ file: WEBM, manifest: Buffer.concat([beside, Buffer.from('more')]) }),
  "a WebM's manifest taken away": () => ({ file: WEBM }),
};

describe('verifyProvenance', () => {
  it('finds every edit, as its guide says', async () => {
    const whole = [video, picture, moving, { file: WEBM, manifest: beside }];
    for (const file of whole) expect(await verdict(file)).toBe('holds');
    const found: Record<string, string> = {};
    for (const [edit, make] of Object.entries(EDITS)) found[edit] = await verdict(make());
    const guide = readFileSync(new URL('../../../docs/guide/provenance.md', import.meta.url), 'utf8');
    const rows = [...guide.matchAll(/^\| (.+?) +\| `?([\w., ]+?)`? +\|$/gm)].map(([, edit, codes]) => [edit, codes]);
    expect(found).toEqual(Object.fromEntries(rows.filter(([edit]) => edit !== 'edit')));
  });

  it('finds every single bit of every header of a box', async () => {
    for (const { type, start } of boxes(video)) {
      for (let bit = 0; bit < 64; bit++) {
        const edited = flip(video, start + (bit >> 3), bit & 7);
        writeFileSync(at('edited'), edited);
        const report = await verifyProvenance(at('edited')).catch(() => ({ valid: false }));
        expect(report.valid, `${type}, bit ${bit}`).toBe(false);
      }
    }
  });

  it('finds single bits all over the manifest', async () => {
    const { start, end } = place('uuid');
    for (let i = start; i < end; i += 3) {
      writeFileSync(at('edited'), flip(video, i, (i * 7) & 7));
      expect((await verifyProvenance(at('edited'))).valid, `byte ${i}`).toBe(false);
    }
  });

  it('says what of a video from elsewhere no signature covers', async () => {
    const signer = await loadSigner();
    const sign = async (claim: Uint8Array) => new Uint8Array(await signCose(claim, signer));
    const definition = { sign, reserveSize: coseLength(signer), alg: 'es256' };
    const c2pa = loadC2pa();
    using builder = c2pa.WasmBuilder.fromJson(JSON.stringify(manifestDefinition(FACTS)));
    const plain = new BytesBlob(readFileSync(at('plain.mp4'))) as unknown as Blob;
    const signed = Buffer.from(await builder.sign(definition, [], 'video/mp4', plain));
    const edits = [signed, Buffer.concat([flip(signed, 12), box('skip', 100), Buffer.from('more')])];
    const reports = [];
    for (const bytes of edits) {
      writeFileSync(at('edited'), bytes);
      const { valid, unsigned } = await verifyProvenance(at('edited'));
      reports.push([valid, unsigned?.map(({ part, bytes: count }) => `${part} ${count}`).join(', ')]);
    }
    expect(reports).toEqual([
      [true, 'ftyp 32, free 8'],
      [true, 'ftyp 32, free 8, skip 100, bytes at the end 4'],
    ]);
  });

  it('takes no more memory for a long video', async () => {
    writeFileSync(at('long.mp4'), Buffer.concat([video, box('free', 8)]));
    const size = 800 * 2 ** 20;
    const head = Buffer.alloc(8);
    head.writeUInt32BE(size);
    head.write('mdat', 4);
    writeFileSync(at('long.mp4'), Buffer.concat([video, head]));
    truncateSync(at('long.mp4'), video.length + size); // a hole: no room on the disk
    const source = new URL('./provenance.ts', import.meta.url);
    const { grownMb, printed } = await memoryOf(`
      const { verifyProvenance } = await import(${JSON.stringify(source.href)});
      await verifyProvenance(${JSON.stringify(at('signed.mp4'))});
      start();
      console.log((await verifyProvenance(${JSON.stringify(at('long.mp4'))})).failures.join());
    `);
    expect(printed).toBe('assertion.bmffHash.mismatch,pctalk.layout.mismatch');
    expect(grownMb).toBeLessThan(64);
  });
});
