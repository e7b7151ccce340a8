/**
 * CPU time of dubbing a clip with the bundled speech, decoding and encoding apart: `dub.ts CLIP`. Frames are drawn into
 * the clip's first twenty pictures over and over, so that nothing waits for ffmpeg.
 */
import type { I420Image } from '@pctalk/core';
import { createTalker, decodeAudio, decodeI420, openClip, readFrames, sampleFiles } from '@pctalk/node';

const [path] = process.argv.slice(2);
if (!path) throw new Error('usage: dub.ts CLIP');
await using talker = await createTalker();
const { core } = talker;
const clip = await openClip(core, path, {}, { version: 1 }, () => {});
const { source, decode } = clip;
const dub = core.createClipDub(source, await readFrames(path, decode, source.partFrames));
const pictures: I420Image[] = [];
for await (const picture of decodeI420(path, { ...decode, count: 20 })) pictures.push(picture);
const audio = decodeAudio(sampleFiles().audio);
const started = cpuSeconds();
let drawing = 0;
let frames = 0;
for await (const { tick, performed } of core.performClip(
  source,
  audio,
  core.createDirector(clip.performance),
  'ping-pong',
)) {
  const before = cpuSeconds();
  dub.draw(pictures[frames++ % pictures.length]!, tick, performed.driven);
  drawing += cpuSeconds() - before;
}
const total = cpuSeconds() - started;
const { width, height } = source.track;
console.log(
  `${width} × ${height}: ${milliseconds(total)} ms of CPU a frame, of it drawing ${milliseconds(drawing)}, ${frames} frames`,
);

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function milliseconds(seconds: number): string {
  return ((seconds * 1000) / frames).toFixed(1);
}
