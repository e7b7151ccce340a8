import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FaceLandmarks, FRAME_SIZE, type Performance, type TalkerCore } from '@pctalk/core';
import { decodeAudio, decodeImage } from '@pctalk/node';
import { soundOf } from '../lips/lip-corpus.ts';
import { type LifeFigures, lifeOf, summariseLife } from './life-figures.ts';
import {
  type HeardFrames,
  type Liveliness,
  livelinessOf,
  meanLiveliness,
  REAL_LIVELINESS,
  scoreLiveliness,
} from './liveliness-figures.ts';

/** Who speaks what, and which real people stand beside it. */
export interface EvaluateLifeOptions {
  /** Portraits that speak. */
  readonly portraits: readonly string[];
  /** What they say, each portrait everything. */
  readonly speech: readonly string[];
  /** Folder of ID.f32 and ID.json of real people, as packages/train/src/tracking/track-folder.ts writes them. */
  readonly tracks: string;
  /** Folder of their ID.mp4, for what is heard in them. */
  readonly videos: string;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** Life and liveliness of clips of one kind. */
export interface LifeOfClips {
  readonly life: ReturnType<typeof summariseLife>;
  readonly liveliness: Liveliness;
  readonly score: number;
}

/** Clips of real people, ours as they come by default, and ours with each control off; all by the same tracker. */
export type LifeReport = Readonly<Record<string, LifeOfClips>>;

/** Shorter clips of real people say little about blinks and head motion, seconds. */
const SHORTEST = 4.9;
const OFF = { version: 1, blink: 0, headMotion: 0, gaze: 0, brow: 0, energy: 1, idle: 0 } as const;

/** Measures blinks, head motion and brows of drawn speech beside real people. */
export async function evaluateLife(core: TalkerCore, options: EvaluateLifeOptions): Promise<LifeReport> {
  const say = options.onProgress ?? (() => {});
  say('real people');
  const real: Seen[] = [];
  for (const name of (await readdir(options.tracks)).filter((file) => file.endsWith('.f32')).sort()) {
    const bytes = await readFile(join(options.tracks, name));
    const landmarks = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    if (lifeOf(landmarks).seconds < SHORTEST) continue;
    const samples = await soundOf(join(options.videos, name.replace(/f32$/, 'mp4')));
    real.push({ landmarks, heard: await hear(core, samples) });
  }
  const ours: Record<string, Seen[]> = { 'ours, default': [], 'ours, all life off': [] };
  for (const [i, portrait] of options.portraits.entries()) {
    for (const [j, speech] of options.speech.entries()) {
      say(`${portrait}, ${speech}`);
      const seed = 1 + i * options.speech.length + j;
      ours['ours, default']!.push(await filmed(core, portrait, speech, { version: 1, seed }));
      if (i > 0 || j > 0) continue;
      ours['ours, all life off']!.push(await filmed(core, portrait, speech, { ...OFF, seed }));
    }
  }
  return Object.fromEntries(
    Object.entries({ 'real people': real, ...ours }).map(([name, clips]) => [name, summarise(clips)]),
  );
}

/** A clip as it is seen and heard. */
interface Seen {
  /** `[frames × 478 × 3]`, pixels. */
  readonly landmarks: Float32Array;
  readonly heard: HeardFrames;
}

function summarise(clips: readonly Seen[]): LifeOfClips {
  const lives: LifeFigures[] = clips.map(({ landmarks }) => lifeOf(landmarks));
  const liveliness = meanLiveliness(clips.map(({ landmarks, heard }) => livelinessOf(landmarks, heard)));
  return { life: summariseLife(lives), liveliness, score: scoreLiveliness(liveliness) };
}

async function hear(core: TalkerCore, samples: Float32Array): Promise<HeardFrames> {
  const frames = await core.hear(samples);
  return { levelDb: frames.map(({ levelDb }) => levelDb), silence: frames.map(({ silence }) => silence) };
}

/** The reports as a Markdown table: mean (least–most). */
export function describeLife(report: LifeReport): string {
  const columns = ['blinksPerMinute', 'yaw', 'pitch', 'roll', 'brows'] as const;
  const cell = (summary: LifeOfClips['life'], name: (typeof columns)[number]) => {
    const digits = name === 'brows' ? 4 : 1;
    const [mean, least, most] = [summary.mean, summary.least, summary.most].map((life) => life[name].toFixed(digits));
    return `${mean} (${least}–${most})`;
  };
  const lively = ({ lipDynamics, browDynamics, silentLips, lipSync }: Liveliness, score: number) =>
    `${lipDynamics.toFixed(4)} | ${browDynamics.toFixed(4)} | ${silentLips.toFixed(4)} | ${lipSync.toFixed(3)} | ${score.toFixed(2)} |`;
  return [
    '| clips | seconds | blinks a minute | yaw std, ° | pitch std, ° | roll std, ° | brow height std, U |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...Object.entries(report).map(
      ([name, { life }]) =>
        `| ${name} | ${life.mean.seconds.toFixed(0)} | ${columns.map((column) => cell(life, column)).join(' | ')} |`,
    ),
    '',
    '| clips | lip dynamics, U | brow dynamics | silent lips, U | lip-sync | score |',
    '| --- | --- | --- | --- | --- | --- |',
    `| THEval's real videos | ${lively(REAL_LIVELINESS, 1)}`,
    ...Object.entries(report).map(([name, { liveliness, score }]) => `| ${name} | ${lively(liveliness, score)}`),
  ].join('\n');
}

/** Draws a performance and follows the face in the drawn frames. */
async function filmed(core: TalkerCore, portrait: string, speech: string, performance: Performance): Promise<Seen> {
  const source = await core.prepare(await decodeImage(portrait), { where: portrait });
  using renderer = core.createRenderer(source);
  const image = { width: FRAME_SIZE, height: FRAME_SIZE, data: new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4) };
  const rows: Float32Array[] = [];
  const heard = { levelDb: [] as number[], silence: [] as number[] };
  let previous: FaceLandmarks | undefined;
  for await (const frame of core.perform(source, decodeAudio(speech), core.createDirector(performance))) {
    renderer.render(frame.driven, image.data);
    previous = await core.analyser.track(image, previous);
    if (previous === undefined) continue;
    rows.push(previous.points.slice());
    heard.levelDb.push(frame.speech.levelDb);
    heard.silence.push(frame.speech.silence);
  }
  const length = rows[0]?.length ?? 0;
  const out = new Float32Array(rows.length * length);
  for (const [i, row] of rows.entries()) out.set(row, i * length);
  return { landmarks: out, heard };
}
