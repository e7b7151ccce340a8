import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pointsAt, type RgbaImage, type SourceTrack } from '@pctalk/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeAudio, inspectAudio } from './audio-decode.ts';
import { dubClip, openClip } from './dub-clip.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { sampleFiles } from './sample.ts';
import { createTalker, type Talker } from './talker.ts';
import { trackClip } from './track-clip.ts';
import { decodeI420, decodeVideo } from './video-decode.ts';

const { source: PORTRAIT, audio: SPEECH } = sampleFiles();
const folder = mkdtempSync(join(tmpdir(), 'pctalk-kinds-'));
const speech = join(folder, 'speech.wav');
let talker: Talker;

beforeAll(async () => {
  process.env['PCTALK_CACHE'] = join(folder, 'cache');
  ffmpeg('-i', SPEECH, '-t', '0.8', speech);
  talker = await createTalker();
}, 60_000);
afterAll(async () => {
  delete process.env['PCTALK_CACHE'];
  await talker[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

it('says that a clip is not there, and that a sound is no clip', async () => {
  const refused = (source: string) =>
    talker.renderFile({ source, audio: speech, output: join(folder, 'no.mp4'), consent: 'me' }).catch((error) => error);
  expect(await refused(join(folder, 'nowhere.mp4'))).toMatchObject({
    code: 'video-unreadable',
    message: expect.stringContaining('found no file of that name'),
  });
  expect(await refused(speech)).toMatchObject({
    code: 'video-unreadable',
    message: expect.stringContaining('sound only'),
  });
});

it('sets a clip upright that was filmed on its side', async () => {
  const lying = join(folder, 'lying.mp4');
  still(lying, 'scale=320:240,transpose=2', '-c:v', 'libx264', '-crf', '4');
  turnTrack(lying);
  const upright = join(folder, 'upright.mp4');
  still(upright, 'scale=320:240', '-c:v', 'libx264', '-crf', '4');
  const [a, b] = [(await frames(lying))[0]!, (await frames(upright))[0]!];
  expect([a.width, a.height]).toEqual([320, 240]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  expect(sum / a.data.length).toBeLessThan(2);
}, 30_000);

it('brings a variable frame rate to 25 a second by time', async () => {
  const uneven = join(folder, 'uneven.mp4');
  // Brightness tells the time, 60 a second; all frames of the first 0.4 s stay, then every fifth of 50 a second.
  const kept = "select='lt(t,0.4)+not(mod(n,5))'";
  ffmpeg(
    ...['-f', 'lavfi', '-i', "nullsrc=s=64x64:r=50:d=1.2,format=gray,geq='lum=20+100*T'"],
    ...['-vf', kept, '-vsync', 'vfr', '-c:v', 'libx264', '-crf', '1', '-pix_fmt', 'yuvj420p', uneven],
  );
  const seen = await frames(uneven);
  expect(Math.abs(seen.length - 29)).toBeLessThanOrEqual(1);
  const light = seen.map(({ data }) => data[0]!);
  for (const [f, value] of light.entries()) {
    const shown = (value - 20) / 100; // of what time the picture is
    expect(shown, `frame ${f}`).toBeLessThan(f / 25 + 0.06);
    expect(shown, `frame ${f}`).toBeGreaterThan(f / 25 - (f < 11 ? 0.06 : 0.14));
  }
}, 30_000);

it('dubs WebM and keeps or replaces its sound', async () => {
  const clip = join(folder, 'clip.webm');
  ffmpeg(
    ...[
      '-loop',
      '1',
      '-framerate',
      '25',
      '-t',
      '0.4',
      '-i',
      PORTRAIT,
      '-f',
      'lavfi',
      '-t',
      '0.4',
      '-i',
      'sine=330:r=48000',
    ],
    ...['-vf', 'scale=240:-2', '-c:v', 'libvpx', '-b:v', '1M', '-deadline', 'realtime', '-c:a', 'libvorbis', clip],
  );
  const take = { source: clip, audio: speech, consent: 'the sitter', whenShort: 'stop' } as const;
  const [kept, replaced] = [join(folder, 'kept.mp4'), join(folder, 'replaced.mp4')];
  const result = await talker.renderFile({ ...take, output: kept, originalSound: 'keep' });
  expect(result).toMatchObject({ frames: 10, width: 240, duration: 0.4 });
  await talker.renderFile({ ...take, output: replaced });
  expect(toneShare(kept)).toBeGreaterThan(0.8);
  expect(toneShare(replaced)).toBeLessThan(0.2);
}, 60_000);

/** Two of the portrait on a wide canvas: one passes before the other. */
function crossing(path: string, fromX: string, otherX: string, seconds = 2.4): void {
  const people = '[0:v]scale=260:-2,split[a][b];[b]hflip,scale=220:-2[c]';
  const canvas = `color=c=gray:s=720x360:r=25:d=${seconds}[s]`;
  const laid = `[s][c]overlay=x='${otherX}':y=20[t];[t][a]overlay=x='${fromX}':y=10`;
  ffmpeg(
    ...['-loop', '1', '-framerate', '25', '-t', `${seconds}`, '-i', PORTRAIT],
    ...['-filter_complex', `${people};${canvas};${laid}`, '-c:v', 'libx264', '-crf', '12', '-pix_fmt', 'yuv420p', path],
  );
}

it('follows the same person when two cross, and reports that they were close', async () => {
  const clip = join(folder, 'crossing.mp4');
  crossing(clip, '20+420*t/2.4', '480-420*t/2.4');
  const track = await trackClip(talker.core.analyser, clip, { faceIndex: 0 });
  const xs = Array.from({ length: track.frameCount }, (_, f) => pointsAt(track, f)[4 * 3]!);
  const own = (f: number) => 20 + (420 * (f / 25)) / 2.4 + 130;
  for (const [f, x] of xs.entries()) expect(Math.abs(x - own(f)), `frame ${f}`).toBeLessThan(45);
  expect(track.findings.map(({ code }) => code)).toContain('faces-close');
  for (const { from, to } of track.findings) {
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeLessThanOrEqual(track.frameCount);
  }
}, 60_000);

it('reports for how long something is before the mouth', async () => {
  const bare = join(folder, 'bare.mp4');
  still(bare, 'scale=320:-2', '-c:v', 'libx264');
  const points = pointsAt(await trackClip(talker.core.analyser, bare), 0);
  const [left, right, top, bottom] = [points[61 * 3]!, points[291 * 3]!, points[2 * 3 + 1]!, points[152 * 3 + 1]!];
  const box = `x=${Math.round(left - 12)}:y=${Math.round(top)}:w=${Math.round(right - left + 24)}:h=${Math.round(bottom - top)}`;
  const covered = join(folder, 'covered.mp4');
  ffmpeg(
    ...['-loop', '1', '-framerate', '25', '-t', '1.44', '-i', PORTRAIT],
    ...['-vf', `scale=320:-2,drawbox=${box}:color=0x8a5a44:t=fill:enable='between(n,12,23)',format=yuv420p`],
    ...['-c:v', 'libx264', '-crf', '12', covered],
  );
  const { findings } = await trackClip(talker.core.analyser, covered);
  expect(findings).toEqual([{ code: 'mouth-passed', from: 12, to: 24 }]);
}, 60_000);

it('reports a hand that passes before the mouth in a third of a second, and leaves it in front', async () => {
  const bare = join(folder, 'plain.mp4');
  still(bare, 'scale=320:-2', '-c:v', 'libx264');
  const points = pointsAt(await trackClip(talker.core.analyser, bare), 0);
  const [x, y] = [points[13 * 3]!, points[13 * 3 + 1]!];
  const hand = 'color=c=0xb08060:s=90x70:r=25:d=1.6,noise=alls=20:allf=t';
  const passed = join(folder, 'passed.mp4');
  ffmpeg(
    ...['-loop', '1', '-framerate', '25', '-t', '1.6', '-i', PORTRAIT],
    ...[
      '-filter_complex',
      `[0:v]scale=320:-2[s];${hand}[h];[s][h]overlay=x='${x}-45+(n-20)*30':y=${y}-35,format=yuv420p`,
    ],
    ...['-c:v', 'libx264', '-crf', '8', passed],
  );
  const opened = await openClip(talker.core, passed, {}, { version: 1 }, () => {});
  const { track } = opened.source;
  const covered = track.findings.filter(({ code }) => code === 'mouth-passed');
  expect(covered.length).toBe(1);
  expect(covered[0]!.from).toBeGreaterThanOrEqual(17);
  expect(covered[0]!.from).toBeLessThanOrEqual(20);
  expect(covered[0]!.to).toBeGreaterThanOrEqual(21);
  expect(covered[0]!.to).toBeLessThanOrEqual(25);
  const take = await dubClip(
    talker.core,
    passed,
    opened,
    decodeAudio(speech),
    {},
    await inspectAudio(speech),
    () => {},
  );
  const untouched = decodeI420(passed, opened.decode);
  let frame = 0;
  let spoken = 0;
  for await (const drawn of take.frames()) {
    const { value: before } = await untouched.next();
    if (!before) break;
    const isSame = Buffer.compare(drawn, before.data) === 0;
    if (frame >= covered[0]!.from && frame < covered[0]!.to) expect(isSame, `frame ${frame}`).toBe(true);
    else if (!isSame) spoken++;
    frame++;
  }
  await untouched.return();
  expect(spoken).toBeGreaterThan(8);
}, 60_000);

it('leaves the other faces of the clip alone, bit for bit', async () => {
  const clip = join(folder, 'pair.mp4');
  crossing(clip, '20', '480', 0.8);
  const opened = await openClip(talker.core, clip, { faceIndex: 1 }, { version: 1 }, () => {});
  expect(rightmost(opened.source.track)).toBe(true);
  const info = await inspectAudio(speech);
  const take = await dubClip(talker.core, clip, opened, decodeAudio(speech), {}, info, () => {});
  const untouched = decodeI420(clip, opened.decode);
  let [left, right] = [0, 0];
  for await (const drawn of take.frames()) {
    const { value: before } = await untouched.next();
    if (!before) break;
    const plane = before.width * before.height;
    for (let i = 0; i < drawn.length; i++) {
      if (drawn[i] === before.data[i]) continue;
      const x = i < plane ? i % before.width : 2 * ((i - plane) % (before.width / 2));
      if (x < 400) left++;
      else right++;
    }
  }
  await untouched.return();
  expect(left).toBe(0);
  expect(right).toBeGreaterThan(1000);
}, 60_000);

function rightmost(track: SourceTrack): boolean {
  return pointsAt(track, 0)[4 * 3]! > 400;
}

function ffmpeg(...args: string[]): void {
  execFileSync(findFfmpeg(), ['-v', 'error', '-y', ...args]);
}

/** Five frames of the portrait. */
function still(path: string, filter: string, ...codec: string[]): void {
  const input = ['-loop', '1', '-framerate', '25', '-t', '0.2', '-i', PORTRAIT];
  ffmpeg(...input, '-vf', `${filter},format=yuv420p`, ...codec, path);
}

/** Writes into an MP4's track header that it is to be shown turned clockwise by a quarter. @source ISO/IEC 14496-12, 8.3.2 */
function turnTrack(path: string): void {
  const bytes = readFileSync(path);
  const matrix = bytes.indexOf('tkhd', 0, 'latin1') + 4 + 40;
  const rows = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
  for (const [i, value] of rows.entries()) bytes.writeInt32BE(value, matrix + i * 4);
  writeFileSync(path, bytes);
}

async function frames(path: string): Promise<RgbaImage[]> {
  const out: RgbaImage[] = [];
  for await (const frame of decodeVideo(path)) out.push(frame);
  return out;
}

/** Share of the sound's energy that is the tone of 330 Hz, in the middle of the first 0.4 s. */
function toneShare(path: string): number {
  const args = [
    '-v',
    'error',
    '-ss',
    '0.1',
    '-t',
    '0.25',
    '-i',
    path,
    '-ac',
    '1',
    '-ar',
    '8000',
    '-f',
    'f32le',
    'pipe:1',
  ];
  const bytes = execFileSync(findFfmpeg(), args);
  let [re, im, all] = [0, 0, 1e-9];
  const count = bytes.length >> 2;
  for (let n = 0; n < count; n++) {
    const x = bytes.readFloatLE(n * 4);
    const phase = (2 * Math.PI * 330 * n) / 8000;
    re += x * Math.cos(phase);
    im += x * Math.sin(phase);
    all += x * x;
  }
  return (2 * (re * re + im * im)) / count / all;
}
