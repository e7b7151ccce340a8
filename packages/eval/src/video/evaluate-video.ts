/**
 * Self-reenactment of clips: `evaluate-video.ts <folder of clips> [folder for pictures] [names …]`. Prints the table of
 * docs/evaluation/video.md; pictures show each clip's worst frame, input left, result right.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { RgbaImage } from '@pctalk/core';
import { createTalker, encodePng } from '@pctalk/node';
import { type Drive, evaluateClip } from './evaluate-clip.ts';

const [folder, pictures, ...names] = process.argv.slice(2);
if (!folder) throw new Error('usage: evaluate-video.ts <folder of clips> [folder for pictures] [names …]');
if (pictures) await mkdir(pictures, { recursive: true });
const found = (await readdir(folder)).filter((name) => ['.mp4', '.mov', '.webm'].includes(extname(name))).sort();
const clips = found.filter((name) => names.length === 0 || names.includes(basename(name, extname(name))));
await using talker = await createTalker();
console.log(
  '| clip | driven by | frames | lip distance, U: mean, worst | PSNR outside, dB | PSNR inside | SSIM inside | jitter | gap deviation, U: result, input |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const clip of clips) {
  for (const drive of ['own-lips', 'silence'] satisfies Drive[]) {
    const f = await evaluateClip(talker.core, join(folder, clip), drive);
    const cells = [
      basename(clip, extname(clip)),
      drive === 'own-lips' ? 'own lips' : 'silence',
      f.frames,
      `${f.lipDistance.toFixed(4)}, ${f.worstLipDistance.toFixed(4)} (frame ${f.worst.frame})`,
      f.psnrOutside === Number.POSITIVE_INFINITY ? 'equal' : f.psnrOutside.toFixed(1),
      f.psnrInside.toFixed(1),
      f.ssimInside.toFixed(3),
      f.jitterRatio.toFixed(2),
      `${f.gapDeviation.toFixed(4)}, ${f.inputGapDeviation.toFixed(4)}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
    if (!pictures) continue;
    const file = join(pictures, `${basename(clip, extname(clip))}-${drive}-${f.worst.frame}.png`);
    await writeFile(file, await encodePng(beside(f.worst.input, f.worst.result)));
  }
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
