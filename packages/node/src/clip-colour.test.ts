import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type I420Image, toRgba } from '@pctalk/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { inspectAudio } from './audio-decode.ts';
import { readClipColour } from './clip-colour.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { probeVideo } from './probe-video.ts';
import { sampleFiles } from './sample.ts';
import { clipDecode } from './track-clip.ts';
import { decodeI420, decodeVideo } from './video-decode.ts';
import { openVideoEncoder } from './video-encode.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-colour-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const hasConverter = / zscale /.test(ffmpegSync(['-filters']).toString());
if (!hasConverter) console.log('clips of wide colour are not made: this ffmpeg has no zscale');

beforeAll(() => {
  // One picture of the portrait, BT.709, without loss.
  const picture = ['-loop', '1', '-framerate', '25', '-t', '0.04', '-i', sampleFiles().source];
  const standard = 'scale=128:-2:out_color_matrix=bt709:out_range=tv,format=yuv420p';
  ffmpegSync([...picture, '-vf', standard, ...coded('bt709', 'bt709', 'bt709'), at('plain.mkv')]);
});

function coded(primaries: string, transfer: string, matrix: string): string[] {
  const tags = `setparams=color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
  return ['-vf', tags, '-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix, '-c:v', 'ffv1'];
}

/** The same picture in other colours, by the conversion a camera or editor makes. */
function wide(name: string, primaries: string, transfer: string, matrix: string, format: string, range = 'tv'): string {
  const from = 'zscale=tin=bt709:min=bt709:pin=bt709:rin=limited';
  const linear = `${from}:t=linear:npl=203,format=gbrpf32le`;
  const to = `zscale=p=${primaries}:t=${transfer}:m=${matrix}:r=${range}:npl=203,format=${format}`;
  const [, , ...tags] = coded(primaries, transfer, matrix);
  const filter = `${linear},${to},setparams=color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
  ffmpegSync(['-i', at('plain.mkv'), '-vf', filter, ...tags, '-color_range', range, at(name)]);
  return at(name);
}

async function first<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('no picture');
}

const shown = (picture: I420Image) => toRgba(picture).data;

/** Mean difference of two pictures, of 255. */
function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

const KINDS: readonly (readonly [name: string, primaries: string, transfer: string, matrix: string, most: number])[] = [
  ['HLG', 'bt2020', 'arib-std-b67', 'bt2020nc', 3],
  ['PQ', 'bt2020', 'smpte2084', 'bt2020nc', 3],
  ['PQ in P3', 'smpte432', 'smpte2084', 'bt2020nc', 3],
  ['P3', 'smpte432', 'bt709', 'bt709', 1.5],
  ['P3 with the curve of sRGB', 'smpte432', 'iec61966-2-1', 'bt709', 1.5],
  ['BT.2020', 'bt2020', 'bt2020-10', 'bt2020nc', 1.5],
  ['BT.2020, 12 bits', 'bt2020', 'bt2020-12', 'bt2020nc', 1.5],
];

const FORMATS = [
  ['yuv420p10le', 'tv'],
  ['yuv420p10le', 'pc'],
  ['yuv444p12le', 'tv'],
  ['yuv420p', 'tv'],
] as const;

for (const [name, primaries, transfer, matrix, most] of KINDS) {
  for (const [format, range] of name === 'HLG' ? FORMATS : FORMATS.slice(0, 1)) {
    it.skipIf(!hasConverter)(`shows ${name} as it was: ${format}, range ${range}`, async () => {
      const path = wide('wide.mkv', primaries, transfer, matrix, format, range);
      const warnings: string[] = [];
      const info = await probeVideo(path, { onWarning: ({ code }) => warnings.push(code) });
      expect(info.colour).toMatchObject({ matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' });
      expect(warnings).toEqual([]);
      const plain = await first(decodeI420(at('plain.mkv'), { matrix: 'bt709' }));
      const picture = await first(decodeI420(path, clipDecode(info)));
      expect(difference(shown(picture), shown(plain))).toBeLessThan(most);
      if (name === 'HLG') {
        const rgba = await first(decodeVideo(path, { convert: info.colour.convert }));
        expect(difference(rgba.data, shown(plain))).toBeLessThan(most + 1);
      }
      // What is mended: the same planes taken for BT.709.
      const pale = await first(decodeI420(path, { matrix: 'bt709' }));
      expect(difference(shown(pale), shown(plain))).toBeGreaterThan(most);
    });
  }
}

it.skipIf(!hasConverter)('keeps highlights apart that are brighter than white', async () => {
  const ramp = "geq=lum='64+876*X/W':cb=512:cr=512";
  const source = `color=s=256x32:d=0.04,format=yuv420p10le,${ramp}`;
  const tags = coded('bt2020', 'smpte2084', 'bt2020nc').slice(2);
  const params = 'setparams=range=tv:color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc';
  ffmpegSync(['-f', 'lavfi', '-i', `${source},${params}`, ...tags, '-color_range', 'tv', at('ramp.mkv')]);
  const { data } = await first(decodeI420(at('ramp.mkv'), clipDecode(await probeVideo(at('ramp.mkv')))));
  const light = (code: number) => data[Math.round(code * 256)]!; // of a share of PQ's range
  expect(light(0.58)).toBeGreaterThan(190); // 203 cd/m²
  for (const [darker, brighter] of [
    [0.3, 0.5],
    [0.5, 0.58],
    [0.58, 0.65],
    [0.65, 0.74],
  ] as const) {
    expect(light(brighter), `${brighter}`).toBeGreaterThan(light(darker) + 2);
  }
});

it('leaves the colours of other clips as they are, with their own tags', async () => {
  for (const [primaries, transfer, matrix, known] of [
    ['bt709', 'bt709', 'bt709', 'bt709'],
    ['smpte170m', 'smpte170m', 'smpte170m', 'bt601'],
    ['bt470bg', 'gamma28', 'bt470bg', 'bt601'],
  ] as const) {
    const tags = ['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix];
    ffmpegSync(['-i', at('plain.mkv'), '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...tags, at('tagged.mp4')]);
    const { colour } = await probeVideo(at('tagged.mp4'));
    expect(colour).toMatchObject({ matrix: known, convert: [], primaries });
    expect(await encodedTags(await planes(at('tagged.mp4')), colour)).toMatchObject({ ...colour, convert: [] });
  }
});

it('takes the mean of colours that are dithered, as in GIF', async () => {
  // A pattern of two colours, pixel by pixel: one of four pixels does not tell its colour.
  const pattern = "geq=r='255*mod(X+Y,2)':g='128':b='255*mod(X,2)*mod(Y,2)'";
  ffmpegSync(['-f', 'lavfi', '-i', `color=s=64x64:r=25:d=0.04,format=gbrp,${pattern}`, at('pattern.gif')]);
  const info = await probeVideo(at('pattern.gif'));
  expect(info.colour.isHalved).toBe(false);
  const seen = shown(await first(decodeI420(at('pattern.gif'), clipDecode(info))));
  const stored = (await first(decodeVideo(at('pattern.gif')))).data;
  for (const channel of [0, 1, 2]) {
    const mean = (data: Uint8ClampedArray) =>
      data.reduce((sum, value, i) => sum + (i % 4 === channel ? value : 0), 0) / 4096;
    // Values out of range are cut where brightness and colour of such a pattern part.
    expect(Math.abs(mean(seen) - mean(stored)), `${channel}`).toBeLessThan(25);
  }
});

it('reads what streams say of their colours', async () => {
  const read = (format: string, height = 480) =>
    readClipColour(`  Stream #0:0: Video: h264 (High) (avc1 / 0x31), ${format}`, height);
  expect(await read('yuv420p, 640x480')).toMatchObject({ matrix: 'bt601', primaries: 'bt709', convert: [] });
  expect(await read('yuv420p(progressive), 1280x720', 720)).toMatchObject({ matrix: 'bt709' });
  expect(await read('yuv420p(tv, bt709), 1x1')).toMatchObject({ matrix: 'bt709', transfer: 'bt709' });
  expect(await read('yuv420p(tv, bt2020nc/unknown/unknown), 1x1')).toMatchObject({ matrix: 'bt2020', convert: [] });
  expect(await read('yuv420p(tv, smpte240m), 1x1')).toMatchObject({ matrix: undefined, primaries: 'smpte240m' });
  expect(await read('gbrp(pc, gbr/bt709/iec61966-2-1), 1x1')).toMatchObject({ matrix: undefined });
});

it.skipIf(!hasConverter || process.platform === 'win32')(
  'says so where ffmpeg cannot convert, and tags what the pixels are',
  async () => {
    const clips = [KINDS[0]!, KINDS[3]!].map(([name, primaries, transfer, matrix]) => ({
      path: wide(`${name}.mkv`, primaries, transfer, matrix, 'yuv420p10le'),
      tags: { primaries, transfer, matrix: matrix === 'bt2020nc' ? 'bt2020' : 'bt709' },
    }));
    writeFileSync(
      at('poor-ffmpeg'),
      `#!/bin/sh\ncase "$*" in *-filters*) exit 0;; esac\nexec '${findFfmpeg()}' "$@"\n`,
    );
    chmodSync(at('poor-ffmpeg'), 0o755);
    vi.stubEnv('PCTALK_FFMPEG', at('poor-ffmpeg'));
    for (const { path, tags } of clips) {
      const warnings: string[] = [];
      const { colour } = await probeVideo(path, { onWarning: ({ code }) => warnings.push(code) });
      expect(warnings).toEqual(['colour-kept']);
      expect(colour).toMatchObject({ ...tags, convert: [] });
      expect(await encodedTags(await planes(path), colour)).toMatchObject(tags);
    }
    vi.unstubAllEnvs();
  },
);

async function planes(path: string): Promise<I420Image> {
  return first(decodeI420(path, clipDecode(await probeVideo(path))));
}

/** Encodes a picture as a dubbed clip is, and reads what the result says. */
async function encodedTags(picture: I420Image, colour: { readonly primaries: string; readonly transfer: string }) {
  writeFileSync(at('tone.wav'), wave(tone(0.04, 16_000), 16_000));
  const audio = { path: at('tone.wav'), info: await inspectAudio(at('tone.wav')) };
  const { width, height, matrix: format, data } = picture;
  {
    await using encoder = openVideoEncoder({ width, height, format, colour, audio, output: at('encoded.mp4') });
    await encoder.write(data);
    await encoder.finish();
  }
  return (await probeVideo(at('encoded.mp4'))).colour;
}
