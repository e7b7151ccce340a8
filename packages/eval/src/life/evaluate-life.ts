import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FaceLandmarks, FRAME_SIZE, type Performance, type TalkerCore } from '@pctalk/core';
import { decodeAudio, decodeImage } from '@pctalk/node';
import { type LifeFigures, lifeOf, summariseLife } from './life-figures.ts';

/** Who speaks what, and which real people stand beside it. */
export interface EvaluateLifeOptions {
  /** Portraits that speak. */
  readonly portraits: readonly string[];
  /** What they say, each portrait everything. */
  readonly speech: readonly string[];
  /** Folder of ID.f32 and ID.json of real people, as packages/train/src/tracking/track-folder.ts writes them. */
  readonly tracks: string;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** Clips of real people, ours as they come by default, and ours with each control off; all by the same tracker. */
export type LifeReport = Readonly<Record<string, ReturnType<typeof summariseLife>>>;

/** Shorter clips of real people say little about blinks and head motion, seconds. */
const SHORTEST = 4.9;
const OFF = { version: 1, blink: 0, headMotion: 0, gaze: 0, brow: 0 } as const;

/** Measures blinks, head motion and brows of drawn speech beside real people. */
export async function evaluateLife(core: TalkerCore, options: EvaluateLifeOptions): Promise<LifeReport> {
  const say = options.onProgress ?? (() => {});
  say('real people');
  const real: LifeFigures[] = [];
  for (const name of (await readdir(options.tracks)).filter((file) => file.endsWith('.f32')).sort()) {
    const bytes = await readFile(join(options.tracks, name));
    const life = lifeOf(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)));
    if (life.seconds >= SHORTEST) real.push(life);
  }
  const ours: Record<string, LifeFigures[]> = { 'ours, default': [], 'ours, all life off': [] };
  for (const [i, portrait] of options.portraits.entries()) {
    for (const [j, speech] of options.speech.entries()) {
      say(`${portrait}, ${speech}`);
      const seed = 1 + i * options.speech.length + j;
      ours['ours, default']!.push(lifeOf(await filmed(core, portrait, speech, { version: 1, seed })));
      if (i > 0 || j > 0) continue;
      ours['ours, all life off']!.push(lifeOf(await filmed(core, portrait, speech, { ...OFF, seed })));
    }
  }
  return Object.fromEntries(
    Object.entries({ 'real people': real, ...ours }).map(([name, clips]) => [name, summariseLife(clips)]),
  );
}

/** The reports as a Markdown table: mean (least–most). */
export function describeLife(report: LifeReport): string {
  const columns = ['blinksPerMinute', 'yaw', 'pitch', 'roll', 'brows'] as const;
  const cell = (summary: LifeReport[string], name: (typeof columns)[number]) => {
    const digits = name === 'brows' ? 4 : 1;
    const [mean, least, most] = [summary.mean, summary.least, summary.most].map((life) => life[name].toFixed(digits));
    return `${mean} (${least}–${most})`;
  };
  return [
    '| clips | seconds | blinks a minute | yaw std, ° | pitch std, ° | roll std, ° | brow height std, U |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...Object.entries(report).map(
      ([name, summary]) =>
        `| ${name} | ${summary.mean.seconds.toFixed(0)} | ${columns.map((column) => cell(summary, column)).join(' | ')} |`,
    ),
  ].join('\n');
}

/** Draws a performance and follows the face in the drawn frames. @returns landmarks `[frames × 478 × 3]`. */
async function filmed(core: TalkerCore, portrait: string, speech: string, performance: Performance) {
  const source = await core.prepare(await decodeImage(portrait), { where: portrait });
  using renderer = core.createRenderer(source);
  const image = { width: FRAME_SIZE, height: FRAME_SIZE, data: new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4) };
  const rows: Float32Array[] = [];
  let previous: FaceLandmarks | undefined;
  for await (const frame of core.perform(source, decodeAudio(speech), core.createDirector(performance))) {
    renderer.render(frame.driven, image.data);
    previous = await core.analyser.track(image, previous);
    if (previous !== undefined) rows.push(previous.points.slice());
  }
  const length = rows[0]?.length ?? 0;
  const out = new Float32Array(rows.length * length);
  for (const [i, row] of rows.entries()) out.set(row, i * length);
  return out;
}
