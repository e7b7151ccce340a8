/**
 * Whether something that passes before a mouth is noticed: `evaluate-cover.ts <folder of clips> [names …]`. Lays a
 * skin-coloured ellipse (hand) or a dark ball (microphone) over each clip, which crosses the mouth twice in its first three
 * seconds, in 10 and in 6 frames, and compares what tracking reports with the frames in which it lay on the lips.
 */
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type I420Image, pointsAt, type SourceTrack, VideoTracker } from '@pctalk/core';
import { clipDecode, createTalker, decodeI420, probeVideo, trackClip } from '@pctalk/node';
import { unitOf } from './landmark-figures.ts';

const FRAMES = 75;
/** First frame, frames, and the way right and down, U from one side of the mouth to the other. */
const PASSES = [
  { from: 30, frames: 10, right: 3, down: 0.6 },
  { from: 50, frames: 6, right: -0.9, down: 3 },
] as const;
const THINGS = {
  none: undefined,
  hand: { width: 0.5, height: 0.4 },
  ball: { width: 0.3, height: 0.3 },
} as const;
/** The thing lies on the lips when its middle is this near theirs, halves of its size. */
const ON_LIPS = 0.8;
const CHEEK = 117;

type Thing = keyof typeof THINGS;

const [folder, ...names] = process.argv.slice(2);
if (!folder) throw new Error('usage: evaluate-cover.ts <folder of clips> [names …]');
const found = (await readdir(folder)).filter((name) => ['.mp4', '.mov', '.webm'].includes(extname(name))).sort();
const clips = found.filter((name) => names.length === 0 || names.includes(basename(name, extname(name))));
await using talker = await createTalker();
console.log('| clip | thing | on the lips | reported | passes found | frames reported beside a pass |');
console.log('|---|---|---|---|---|---|');
const totals = { passes: 0, found: 0, beside: 0 };
for (const name of clips) {
  const path = join(folder, name);
  const decode = clipDecode(await probeVideo(path));
  const track = await trackClip(talker.core.analyser, path, { decode });
  for (const thing of Object.keys(THINGS) as Thing[]) {
    const tracker = new VideoTracker(talker.core.analyser, { where: name });
    const covered: number[] = [];
    let frame = 0;
    for await (const picture of decodeI420(path, { ...decode, count: FRAMES })) {
      if (lay(picture, track, frame, thing)) covered.push(frame);
      await tracker.push(picture);
      frame++;
    }
    const { findings } = await tracker.finish();
    const reported = findings.filter(({ code }) => code === 'mouth-passed' || code === 'mouth-covered');
    const inReport = (f: number) => reported.some(({ from, to }) => f >= from && f < to);
    const passes = PASSES.filter((pass) => covered.some((f) => isIn(pass, f)));
    const noticed = passes.filter((pass) => covered.some((f) => isIn(pass, f) && inReport(f)));
    const beside = Array.from({ length: frame }, (_, f) => f).filter(
      (f) => inReport(f) && !PASSES.some((pass) => isIn(pass, f)),
    );
    totals.passes += passes.length;
    totals.found += noticed.length;
    totals.beside += beside.length;
    const cells = [
      basename(name, extname(name)),
      thing,
      covered.join(' ') || '–',
      reported.map(({ code, from, to }) => `${code} ${from}–${to - 1}`).join(', ') || '–',
      `${noticed.length} of ${passes.length}`,
      beside.length,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
console.log(`\n${totals.found} of ${totals.passes} passes found, ${totals.beside} frames reported beside them.`);

function isIn(pass: (typeof PASSES)[number], frame: number): boolean {
  return frame >= pass.from && frame < pass.from + pass.frames;
}

/** Draws the thing into the picture where it is in this frame. @returns whether it lies on the lips */
function lay(picture: I420Image, track: SourceTrack, frame: number, thing: Thing): boolean {
  const size = THINGS[thing];
  const pass = PASSES.find((one) => isIn(one, frame));
  if (size === undefined || pass === undefined || track.seen[frame] !== 1) return false;
  const points = pointsAt(track, frame);
  const unit = unitOf(points);
  const along = (frame - pass.from) / (pass.frames - 1) - 0.5;
  const [lipX, lipY] = [0, 1].map((i) => (points[13 * 3 + i]! + points[14 * 3 + i]!) / 2) as [number, number];
  const [x, y] = [lipX + along * pass.right * unit, lipY + along * pass.down * unit];
  drawEllipse(
    picture,
    x,
    y,
    size.width * unit,
    size.height * unit,
    thing === 'hand' ? cheekOf(picture, points) : undefined,
  );
  return Math.hypot((x - lipX) / (size.width * unit), (y - lipY) / (size.height * unit)) < ON_LIPS;
}

/** Y', Cb, Cr of the cheek. */
function cheekOf({ width, height, data }: I420Image, points: Float32Array): [number, number, number] {
  const [x, y] = [0, 1].map((i) => Math.round(points[CHEEK * 3 + i]!)) as [number, number];
  const chroma = width * height + (y >> 1) * (width >> 1) + (x >> 1);
  return [data[y * width + x]!, data[chroma]!, data[chroma + ((width * height) >> 2)]!];
}

/** An ellipse that is darker towards its edge and has folds, or a dark ball. */
function drawEllipse(
  { width, height, data }: I420Image,
  centerX: number,
  centerY: number,
  radiusX: number,
  radiusY: number,
  colour: readonly [number, number, number] | undefined,
): void {
  const plane = width * height;
  for (let y = Math.max(0, Math.floor(centerY - radiusY)); y < Math.min(height, centerY + radiusY); y++) {
    for (let x = Math.max(0, Math.floor(centerX - radiusX)); x < Math.min(width, centerX + radiusX); x++) {
      const d = ((x - centerX) / radiusX) ** 2 + ((y - centerY) / radiusY) ** 2;
      if (d > 1) continue;
      const folds = 1 - 0.25 * d + 0.06 * Math.sin((26 * (x - centerX)) / radiusX);
      data[y * width + x] = colour === undefined ? 40 + 30 * (1 - d) : 16 + (colour[0] - 16) * folds;
      const chroma = plane + (y >> 1) * (width >> 1) + (x >> 1);
      data[chroma] = colour?.[1] ?? 128;
      data[chroma + (plane >> 2)] = colour?.[2] ?? 128;
    }
  }
}
