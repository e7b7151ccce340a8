/**
 * Dubbing of clips measured: `evaluate-video.ts <folder of clips> [folder for pictures] [names …]`. Prints the tables of
 * docs/evaluation/video.md, over the first three seconds of each clip; pictures show each clip's worst frame, input left,
 * result right. Each clip also speaks with the sound of the next in the list.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { RgbaImage } from '@pctalk/core';
import { createNodeRuntime, createTalker, decodeAudio, encodePng } from '@pctalk/node';
import { correlation, type LipClip, lipAgreement } from '../lips/lip-figures.ts';
import { createSyncJudge, type SyncJudge } from '../lips/sync-judge.ts';
import { type ClipFigures, type ClipReport, type Drive, evaluateClip } from './evaluate-clip.ts';
import { createFaceDescriber, likeness } from './face-likeness.ts';

const FRAMES = 75;
const [folder, pictures, ...names] = process.argv.slice(2);
if (!folder) throw new Error('usage: evaluate-video.ts <folder of clips> [folder for pictures] [names …]');
if (pictures) await mkdir(pictures, { recursive: true });
const found = (await readdir(folder)).filter((name) => ['.mp4', '.mov', '.webm'].includes(extname(name))).sort();
const clips = found.filter((name) => names.length === 0 || names.includes(basename(name, extname(name))));
const pathOf = (i: number) => join(folder, clips[i % clips.length]!);
const nameOf = (i: number) => basename(pathOf(i), extname(pathOf(i)));
await using talker = await createTalker();
const runtime = createNodeRuntime();
const describer = await createFaceDescriber(runtime);
const reports: ClipReport[] = [];
console.log(
  '| clip | driven by | frames | lip distance, U: mean, worst | PSNR outside, dB | PSNR inside | SSIM inside | likeness | jitter of landmarks, of pixels | gap deviation, U: result, input |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (let i = 0; i < clips.length; i++) {
  const report = await evaluateClip(talker.core, pathOf(i), { frames: FRAMES, other: pathOf(i + 1), describer });
  reports.push(report);
  for (const figures of report.drives) {
    console.log(row(nameOf(i), figures));
    if (!pictures || figures.worst === undefined) continue;
    const { frame, input, result } = figures.worst;
    const file = join(pictures, `${nameOf(i)}-${figures.drive.replace(' ', '-')}-${frame}.png`);
    await writeFile(file, await encodePng(beside(input, result)));
  }
}
const own = mean(reports.map((report) => report.ownLikeness));
const others = mean(reports.map((a, i) => likeness(a.description, reports[(i + 1) % reports.length]!.description)));
console.log(
  `\nLikeness of a clip's own frames a second apart: ${own.toFixed(3)}; of different clips: ${others.toFixed(3)}.\n`,
);
const judge = await createSyncJudge(runtime);
console.log(
  '| sound | r of the opening with the lips that spoke it | width | protrusion | lag | r with the lips that were there | windows in sync | median offset |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const drive of ['own sound', 'other sound'] as const) console.log(await soundRow(drive, judge));
await judge.dispose();
await describer.dispose();

function row(name: string, f: ClipFigures): string {
  const cells = [
    name,
    f.drive,
    f.frames,
    `${f.lipDistance.toFixed(4)}, ${f.worstLipDistance.toFixed(4)} (frame ${f.worst?.frame ?? '–'})`,
    f.psnrOutside === Number.POSITIVE_INFINITY ? 'equal' : f.psnrOutside.toFixed(1),
    f.psnrInside.toFixed(1),
    f.ssimInside.toFixed(3),
    f.likeness.toFixed(3),
    `${f.jitterRatio.toFixed(2)}, ${f.patchJitterRatio.toFixed(2)}`,
    `${f.gapDeviation.toFixed(4)}, ${f.inputGapDeviation.toFixed(4)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** How the lips follow a sound: those of the clips ≥ 2.9 s, with the lips of whoever spoke it and by the sync judge. */
async function soundRow(drive: Drive & `${string} sound`, judge: SyncJudge): Promise<string> {
  const spoken: LipClip[] = [];
  const leftOver: number[] = [];
  const offsets: number[] = [];
  for (const [i, report] of reports.entries()) {
    const speaker = drive === 'own sound' ? i : (i + 1) % reports.length;
    const { curves } = report.drives.find((one) => one.drive === drive)!;
    if (curves.opening.length < 72) continue;
    spoken.push({ id: nameOf(i), real: reports[speaker]!.curves, ours: curves });
    leftOver.push(correlation(report.curves.opening, curves.opening, 0));
    const { windows } = await judge.offsets(await soundOf(pathOf(speaker)), curves);
    offsets.push(...windows.map(({ offset }) => offset));
  }
  const { r, lag } = lipAgreement(spoken);
  const inSync = offsets.filter((offset) => Math.abs(offset) <= 1).length;
  const median = [...offsets].sort((a, b) => a - b)[offsets.length >> 1];
  const figures = [r.opening, r.width, r.protrusion].map((x) => x.toFixed(2));
  return `| ${drive}, ${spoken.length} clips | ${figures.join(' | ')} | ${lag} | ${mean(leftOver).toFixed(2)} | ${inSync} of ${offsets.length} | ${median} |`;
}

async function soundOf(path: string): Promise<Float32Array> {
  const pieces: number[] = [];
  for await (const samples of decodeAudio(path)) for (const sample of samples) pieces.push(sample);
  return Float32Array.from(pieces);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function beside(a: RgbaImage, b: RgbaImage): RgbaImage {
  const { width, height } = a;
  const data = new Uint8ClampedArray(width * 2 * height * 4);
  for (let y = 0; y < height; y++) {
    data.set(a.data.subarray(y * width * 4, (y + 1) * width * 4), y * width * 8);
    data.set(b.data.subarray(y * width * 4, (y + 1) * width * 4), y * width * 8 + width * 4);
  }
  return { width: width * 2, height, data };
}
