import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ffmpegSync, tone, wave } from '../test/sounds.ts';
import { decodeAudio, inspectAudio } from './audio-decode.ts';
import { checkAnnounced } from './duration-limit.ts';
import { findFfmpeg, inputArguments, startFfmpeg } from './ffmpeg.ts';
import { probeVideo } from './probe-video.ts';

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const TOO_LONG = { code: 'limit-exceeded', message: expect.stringContaining('--max-duration') };
const HOUR = 3600;

/** Two packets with hours between them, in a few kilobytes. */
function apart(name: string, hours: number, input: readonly string[], filter: string): string {
  ffmpegSync([...input, filter.startsWith('set') ? '-vf' : '-af', filter.replace('HOURS', `${hours}`), at(name)]);
  expect(statSync(at(name)).size).toBeLessThan(50_000);
  return at(name);
}

beforeAll(() => writeFileSync(at('tone.wav'), wave(tone(1, 16_000), 16_000)));

describe('a few kilobytes that announce hours', () => {
  it.each([4, 55])('of pictures are refused by their header: %i h', async (hours) => {
    const input = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=0.2'];
    const path = apart(`${hours}.mkv`, hours, input, `setpts='if(gt(N\\,2)\\,HOURS*3600/TB\\,PTS)'`);
    await expect(probeVideo(path)).rejects.toMatchObject(TOO_LONG);
    expect(await probeVideo(path, { maxDuration: 60 * HOUR })).toMatchObject({ hasAudio: false });
  });

  it('of sound are refused as their header is read, and as they are counted', async () => {
    const path = apart(
      'late.mkv',
      55,
      ['-i', at('tone.wav'), '-c:a', 'pcm_s16le'],
      `asetpts='if(gt(N\\,8)\\,HOURS*3600/TB\\,PTS)'`,
    );
    await expect(inspectAudio(path)).rejects.toMatchObject(TOO_LONG);
    let samples = 0;
    const work = async () => {
      for await (const chunk of decodeAudio(path)) samples += chunk.length;
    };
    await expect(work()).rejects.toMatchObject(TOO_LONG);
    expect(samples).toBe(0); // before the work
  });

  it('of frames are refused by their count', () => {
    const log = '  Duration: 01:00:00.00, start: 0.000000, bitrate: 0 kb/s';
    const line = (rate: string) => `  Stream #0:0: Video: h264, yuv420p, 64x64, ${rate}, 90k tbn`;
    checkAnnounced('x.mp4', log, line('60 fps, 60 tbr'), {});
    checkAnnounced('x.mp4', log, line('23.98 fps, 23.98 tbr'), { maxDuration: HOUR });
    expect(() => checkAnnounced('x.mp4', log, line('250 fps, 250 tbr'), {})).toThrow(/got 900000/);
    expect(() => checkAnnounced('x.mp4', log, line('90k fps, 90k tbr'), {})).toThrow(/got 324000000/);
    checkAnnounced('x.mp4', log, line('250 fps, 250 tbr'), { maxDuration: 5 * HOUR });
  });
});

/** What an ffmpeg that reads the file's header takes at most, MB. */
async function memoryOfFfmpeg(path: string): Promise<number> {
  const watcher = `#!/bin/sh
'${findFfmpeg({ ...process.env, PCTALK_FFMPEG: '' })}' "$@" &
while grep VmHWM /proc/$!/status >> '${at('memory')}' 2> /dev/null; do sleep 0.02; done
wait $!
`;
  writeFileSync(at('watched'), watcher, { mode: 0o755 });
  rmSync(at('memory'), { force: true });
  vi.stubEnv('PCTALK_FFMPEG', at('watched'));
  using ffmpeg = startFfmpeg(inputArguments(path));
  ffmpeg.stdout.resume();
  await ffmpeg.exit;
  vi.unstubAllEnvs();
  const seen = readFileSync(at('memory'), 'utf8').matchAll(/\d+/g);
  return Math.max(...Array.from(seen, ([kilobytes]) => Number(kilobytes))) / 1024;
}

describe.skipIf(process.platform !== 'linux')('a few kilobytes that announce millions of parts', () => {
  it('take no index of them: samples of an MP4', async () => {
    const input = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=0.4', '-pix_fmt', 'yuv420p'];
    ffmpegSync([...input, at('samples.mp4')]);
    const bytes = readFileSync(at('samples.mp4'));
    const count = 50_000_000; // of 24 bytes each in ffmpeg's index
    const table = (name: string): number => bytes.indexOf(name) - 4;
    const sizes = table('stsz');
    const end = sizes + bytes.readUInt32BE(sizes);
    bytes.writeUInt32BE(20, sizes);
    bytes.writeUInt32BE(1, sizes + 12); // all of one byte
    bytes.writeUInt32BE(count, sizes + 16);
    bytes.writeUInt32BE(end - sizes - 20, sizes + 20);
    bytes.write('free', sizes + 24);
    bytes.writeUInt32BE(count, table('stts') + 16);
    bytes.writeUInt32BE(1, table('stts') + 20);
    bytes.writeUInt32BE(count, table('stsc') + 20);
    writeFileSync(at('samples.mp4'), bytes);
    const megabytes = await memoryOfFfmpeg(at('samples.mp4'));
    expect(megabytes).toBeGreaterThan(1); // it was watched
    expect(megabytes).toBeLessThan(500);
  });

  it('take no list of them: tracks of a Matroska file', async () => {
    const head = '1a45dfa38b4282886d6174726f736b61 1853806701ffffffffffffff 1654ae6b'.replaceAll(' ', '');
    const tracks = Buffer.alloc(2 ** 22, Buffer.from([0xae, 0x80])); // 2 million, of 900 bytes each in ffmpeg
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(2n ** 56n + BigInt(tracks.length));
    writeFileSync(at('tracks.mkv'), Buffer.concat([Buffer.from(head, 'hex'), size, tracks]));
    expect(await memoryOfFfmpeg(at('tracks.mkv'))).toBeLessThan(500);
  });
});

describe('speech', () => {
  it('is taken up to the longest that is allowed', async () => {
    await expect(inspectAudio(at('tone.wav'), { maxDuration: 0.9 })).rejects.toMatchObject(TOO_LONG);
    expect((await inspectAudio(at('tone.wav'), { maxDuration: 1 })).duration).toBe(1);
    ffmpegSync(['-i', at('tone.wav'), '-f', 'adts', at('unknown.aac')]); // announces no duration
    await expect(inspectAudio(at('unknown.aac'), { maxDuration: 0.5 })).rejects.toMatchObject(TOO_LONG);
  });
});
