import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { curvesOfTrack, type LipCurves, type TalkerCore, type TensorRuntime } from '@pctalk/core';
import { decodeImage } from '@pctalk/node';
import { drawnCurves } from './drawn-lips.ts';
import { type OffsetFigures, offsetFigures } from './evaluate-lips.ts';
import { soundOf } from './lip-corpus.ts';
import { correlation } from './lip-figures.ts';
import { type LipStillness, lipStillness } from './lip-stillness.ts';
import { type ScaleFigures, scaleFigures } from './scale-figures.ts';
import { createSyncJudge } from './sync-judge.ts';

/** What is put beside PC-Talk's own clips. */
export interface PublishedOptions {
  /** Folder of PC-Talk's clips: scale1-NNN.mp4, square1, hdtf3, long2. */
  readonly demo: string;
  /** Their landmarks, by packages/train/src/tracking/track-folder.ts. */
  readonly tracks: string;
  /** Portraits of ours, files. */
  readonly portraits: readonly string[];
  /** What they say; its first seconds are used. */
  readonly speech: string;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** The same figures of PC-Talk's clips and of ours, both drawn and tracked. */
export interface LipShow {
  readonly scale: ScaleFigures;
  /** Least r between portraits that say the same, of gap and of width; NaN where there is one portrait. */
  readonly gapAcross: number;
  readonly widthAcross: number;
  readonly offsets: OffsetFigures;
  readonly stillness: LipStillness;
}

/** Lip scales we draw. */
export const DRAWN_SCALES = [0.5, 0.75, 1, 1.25, 1.6] as const;
const SPEECH_CLIPS = ['square1', 'hdtf3', 'long2'];
const SECONDS = 4;
/** Silence after it. */
const SILENCE = 1;

/** Draws portraits that speak, and measures them beside PC-Talk's published clips. */
export async function comparePublished(
  core: TalkerCore,
  runtime: TensorRuntime,
  options: PublishedOptions,
): Promise<{ readonly published: LipShow; readonly ours: LipShow }> {
  const judge = await createSyncJudge(runtime);
  const show = async (
    scales: readonly number[],
    scaled: readonly LipCurves[],
    others: readonly LipCurves[],
    spoken: readonly { readonly samples: Float32Array; readonly curves: LipCurves }[],
  ): Promise<LipShow> => {
    const offsets = [];
    for (const { samples, curves } of spoken) offsets.push(await judge.offsets(samples, curves));
    return {
      scale: scaleFigures(scales, scaled),
      gapAcross: leastCorrelation(others, 'opening'),
      widthAcross: leastCorrelation(others, 'width'),
      offsets: offsetFigures(offsets),
      stillness: lipStillness(spoken),
    };
  };
  try {
    const tracked = (id: string) => curvesOfTrack(core.basis, floats(join(options.tracks, `${id}.f32`)));
    const scaled = readdirSync(options.demo)
      .filter((name) => /^scale1-\d+\.mp4$/.test(name))
      .map((name) => name.slice(0, -4))
      .sort();
    const spoken = [];
    for (const id of SPEECH_CLIPS) {
      spoken.push({ samples: await soundOf(join(options.demo, `${id}.mp4`)), curves: tracked(id) });
    }
    const published = await show(
      scaled.map((id) => Number(id.slice(-3))),
      scaled.map(tracked),
      [],
      spoken,
    );
    const audio = new Float32Array((SECONDS + SILENCE) * 16000);
    audio.set((await soundOf(options.speech)).subarray(0, SECONDS * 16000));
    const drawn: LipCurves[] = [];
    let scales: LipCurves[] = [];
    for (const [i, path] of options.portraits.entries()) {
      options.onProgress?.(path);
      const source = await core.prepare(await decodeImage(path), { where: path });
      using renderer = core.createRenderer(source);
      const speak = (lipScale: number) =>
        drawnCurves({ core, source, renderer }, { version: 1, seed: 4, lipScale }, audio);
      drawn.push(await speak(1));
      if (i > 0) continue;
      scales = [];
      for (const scale of DRAWN_SCALES) scales.push(scale === 1 ? drawn[0]! : await speak(scale));
    }
    const said = drawn.map((curves) => ({ samples: audio, curves }));
    return { published, ours: await show(DRAWN_SCALES, scales, drawn, said) };
  } finally {
    await judge.dispose();
  }
}

/** The comparison as Markdown. */
export function describePublished({ published, ours }: Awaited<ReturnType<typeof comparePublished>>): string {
  const percent = (x: number) => (Number.isFinite(x) ? `${(100 * x).toFixed(0)} %` : '–');
  const row = (label: string, value: (show: LipShow) => string) =>
    `| ${label} | ${value(published)} | ${value(ours)} |`;
  const known = (x: number) => (Number.isFinite(x) ? x.toFixed(3) : '–');
  return [
    "| drawn and tracked | PC-Talk's clips | ours |",
    '|---|---|---|',
    row('lip scale: R² of the outer lips', ({ scale }) => scale.linearity.toFixed(4)),
    row('steps that rise', ({ scale }) => percent(scale.rising)),
    row('closures of the middle scale kept, by scale', ({ scale }) => scale.closuresKept.map(percent).join(', ')),
    row('closed frames, by scale', ({ scale }) => scale.closed.map(percent).join(', ')),
    row('least r of the gap with the lowest scale', ({ scale }) => scale.shape.toFixed(3)),
    row('least r of the gap across portraits', ({ gapAcross }) => known(gapAcross)),
    row('least r of the width across portraits', ({ widthAcross }) => known(widthAcross)),
    row('lips lead the sound by, median frames', ({ offsets }) => `${offsets.median} (${offsets.windows} windows)`),
    row('3 s windows at 0 ± 1 frame', ({ offsets }) => percent(offsets.inSync)),
    row(
      'silent frames in which the lips move',
      ({ stillness }) => `${percent(stillness.moving)} of ${stillness.frames}`,
    ),
    row('speed in silence ÷ in speech', ({ stillness }) => known(stillness.speed)),
    row('jitter in silence', ({ stillness }) => stillness.jitter.toFixed(4)),
  ].join('\n');
}

function leastCorrelation(curves: readonly LipCurves[], name: 'opening' | 'width'): number {
  const pairs = curves.flatMap((a, i) => curves.slice(i + 1).map((b) => correlation(a[name], b[name], 0)));
  return pairs.length === 0 ? Number.NaN : Math.min(...pairs);
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
