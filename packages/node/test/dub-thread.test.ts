import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const BUILT = new URL('../dist/', import.meta.url);

/**
 * The thread that dubs runs from built files only, and pictures are handed to it: a clip that runs back and forth reads
 * them in chunks again and again.
 */
it.skipIf(!existsSync(new URL('clip-worker.js', BUILT)))(
  'dubs on a thread as in this one, a clip going back and forth',
  async () => {
    const built = <T>(name: string) => import(new URL(name, BUILT).href) as Promise<T>;
    const { createTalker, decodeAudio, openClip, readFrames, sampleFiles, findFfmpeg } =
      await built<typeof import('../src/index.ts')>('index.js');
    const { startClipThread } = await built<typeof import('../src/clip-thread.ts')>('clip-thread.js');
    const { ClipReader } = await built<typeof import('../src/clip-reader.ts')>('clip-reader.js');
    const { decodeI420 } = await built<typeof import('../src/video-decode.ts')>('video-decode.js');
    const { readClipParts } = await import('@pctalk/core');
    const { source: portrait, audio } = sampleFiles();
    const folder = mkdtempSync(join(tmpdir(), 'pctalk-thread-'));
    const clip = join(folder, 'clip.mp4');
    const sway = "rotate='0.03*sin(n/5)',crop=480:480:'16+6*sin(n/7)':'16+4*sin(n/9)'";
    const still = ['-v', 'error', '-loop', '1', '-framerate', '25', '-t', '0.8', '-i', portrait];
    execFileSync(findFfmpeg(), [...still, '-vf', sway, '-c:v', 'libx264', '-crf', '12', '-pix_fmt', 'yuv420p', clip]);
    process.env['PCTALK_CACHE'] = join(folder, 'cache');
    await using talker = await createTalker();
    const { core } = talker;
    const opened = await openClip(core, clip, { whenShort: 'ping-pong' }, { version: 1 }, () => {});
    const { source, decode } = opened;
    const parts = readClipParts(source, await readFrames(clip, decode, source.partFrames));

    async function* requests(seen: number[]) {
      const lastIndex = source.track.frameCount - 1;
      await using reader = new ClipReader((range) => decodeI420(clip, { ...decode, ...range }), { lastIndex });
      const director = core.createDirector(opened.performance);
      for await (const frame of core.performClip(source, decodeAudio(audio), director, 'ping-pong')) {
        seen.push(frame.clipFrame);
        yield { picture: await reader.frameAt(frame.clipFrame), tick: frame.tick, driven: frame.performed.driven };
        if (seen.length === 60) return;
      }
    }
    const expected: Buffer[] = [];
    const dub = core.createClipDub(source, await readFrames(clip, decode, source.partFrames));
    for await (const { picture, tick, driven } of requests([])) {
      dub.draw(picture, tick, driven);
      expected.push(Buffer.from(picture.data));
    }
    const order: number[] = [];
    const differing: number[] = [];
    let count = 0;
    await using thread = startClipThread(parts);
    for await (const picture of thread.draw(requests(order))) {
      if (!Buffer.from(picture.data).equals(expected[count]!)) differing.push(count);
      count++;
    }
    expect(count).toBe(60);
    expect(order.slice(1).filter((frame, i) => frame < order[i]!).length).toBeGreaterThan(20);
    expect(differing).toEqual([]);
    delete process.env['PCTALK_CACHE'];
    rmSync(folder, { recursive: true });
  },
  120_000,
);
