import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EMOTIONS, type Emotion, type TalkerCore, type TensorRuntime } from '@pctalk/core';
import { decodeAudio, decodeImage } from '@pctalk/node';
import {
  accuracyOf,
  type Confusion,
  confusionOf,
  framesKeptClosed,
  mean,
  pearson,
  spearman,
} from './emotion-figures.ts';
import { createExpressionJudge, JUDGED, type Judged, verdict } from './expression-judge.ts';
import { type FaceShape, meanShape, shapeDifference } from './face-change.ts';
import { type JudgedClip, judgeClips } from './real-emotion.ts';
import { measureRegionLeak, type RegionLeak } from './region-leak.ts';
import { measureResemblance, type Resemblance } from './resemblance.ts';
import { emotionPerformance, type SpokenEmotion, speakEmotion } from './spoken-emotion.ts';
import { type WatchedEmotion, watchDrawnEmotions, watchRealEmotions } from './watch-emotion.ts';

/** What is drawn, and what real faces stand beside it. */
export interface EvaluateEmotionOptions {
  /** Folder of portraits; those the judge does not call neutral are left out. */
  readonly portraits: string;
  /** What they say: any sound file; its first seconds are used. */
  readonly speech: string;
  /** Folder of real clips whose names tell the emotion; left out if absent. */
  readonly real?: string | undefined;
  /** Folder of PC-Talk's published clips `intense1-NNN.mp4`; left out if absent. */
  readonly demo?: string | undefined;
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** How one emotion fares at each intensity and in speech; shares and probabilities 0–1. */
export interface EmotionRow {
  readonly emotion: Emotion;
  /** Portraits for which it is the likeliest answer at full intensity; NaN for contempt, which the judge does not know. */
  readonly accuracy: number;
  /** Mean P(target) at `INTENSITIES`. */
  readonly probabilities: readonly number[];
  /** Rank correlation of P(target) with intensity: of the mean over portraits, and the mean of each portrait's. */
  readonly rising: number;
  readonly risingEach: number;
  /** Share of the frames closed in neutral that stay closed at full intensity: where p, b or m is heard, and elsewhere. */
  readonly closuresKept: number;
  readonly otherClosedKept: number;
  /** Of the gap of the lips with neutral, at full intensity. */
  readonly gapCorrelation: number;
  /** Right corner of the mouth above the left at full intensity, less neutral, U. */
  readonly cornerTilt: number;
  /** Full intensity less neutral. */
  readonly shape: FaceShape;
}

/** Everything `evaluateEmotion` found. */
export interface EmotionReport {
  readonly portraits: readonly string[];
  readonly leftOut: readonly string[];
  readonly rows: readonly EmotionRow[];
  readonly ours: Confusion;
  readonly accuracy: number;
  readonly real?: { readonly clips: readonly JudgedClip[]; readonly confusion: Confusion; readonly accuracy: number };
  readonly demo?: readonly JudgedClip[];
  readonly leaks: readonly RegionLeak[];
  /** Present with real clips. */
  readonly resemblance?: Resemblance;
}

/** Intensities spoken and judged; 0 is the neutral speech that others are held against. */
export const INTENSITIES = [0, 0.3, 0.6, 1] as const;

/** Posterior from which p, b or m is taken as heard. */
const PRESSED = 0.4;
const SECONDS = 4;
const JUDGED_FRAMES = [18, 34, 50, 66, 82] as const;
const ASKED = EMOTIONS.filter((emotion) => emotion !== 'neutral');
const SAMPLE_RATE = 16000;

/** Judges real clips, then portraits that speak with every emotion at several intensities. */
export async function evaluateEmotion(
  core: TalkerCore,
  runtime: TensorRuntime,
  options: EvaluateEmotionOptions,
): Promise<EmotionReport> {
  const judge = await createExpressionJudge(runtime, core.analyser);
  const say = options.onProgress ?? (() => {});
  try {
    say('real clips');
    const real = options.real === undefined ? undefined : await judgeClips(options.real, judge, core.analyser);
    const demo = options.demo === undefined ? undefined : await judgeClips(options.demo, judge, core.analyser);
    const audio = await firstSeconds(options.speech);
    const spoken = new Map<string, readonly (readonly SpokenEmotion[])[]>();
    const leftOut: string[] = [];
    const watched: WatchedEmotion[] = [];
    for (const name of await pictures(options.portraits)) {
      const picture = await decodeImage(join(options.portraits, name));
      const seen = await judge.judgeLargest(picture);
      if (seen === undefined || verdict(seen) !== 'neutral') {
        leftOut.push(name);
        continue;
      }
      say(name);
      const source = await core.prepare(picture, { where: name });
      using renderer = core.createRenderer(source);
      const speak = (emotion: Emotion, intensity: number) =>
        speakEmotion({ core, source, renderer }, emotionPerformance(emotion, intensity), {
          audio,
          judgedFrames: JUDGED_FRAMES,
          judge: judge.judgeLargest,
        });
      const neutral = await speak('neutral', 0);
      const each: SpokenEmotion[][] = [];
      for (const emotion of ASKED) {
        const levels = [neutral];
        for (const intensity of INTENSITIES.slice(1)) levels.push(await speak(emotion, intensity));
        each.push(levels);
      }
      spoken.set(name, each);
      if (real) watched.push(...(await watchDrawnEmotions(join(options.portraits, name), audio, core)));
    }
    const cases = [...spoken.values()];
    const full = cases.flatMap((each) =>
      ASKED.map((emotion, i) => ({ emotion, probabilities: each[i]!.at(-1)!.probabilities })),
    );
    const neutrals = cases.map((each) => ({ emotion: 'neutral', probabilities: each[0]![0]!.probabilities }));
    const ours = confusionOf([...ASKED, 'neutral'], [...full, ...neutrals]);
    return {
      portraits: [...spoken.keys()],
      leftOut,
      rows: ASKED.map((emotion, i) =>
        rowOf(
          emotion,
          cases.map((each) => each[i]!),
        ),
      ),
      ours,
      accuracy: accuracyOf(ours),
      leaks: measureRegionLeak(core.basis),
      ...(real && {
        real: judgedReal(real),
        resemblance: measureResemblance(await watchRealEmotions(options.real!, core), watched),
      }),
      ...(demo && { demo }),
    };
  } finally {
    await judge.dispose();
  }
}

/** @param cases one portrait each: `INTENSITIES` of one emotion. */
function rowOf(emotion: Emotion, cases: readonly (readonly SpokenEmotion[])[]): EmotionRow {
  const column = JUDGED.indexOf(emotion as Judged);
  const target = (spoken: SpokenEmotion) => (column < 0 ? Number.NaN : spoken.probabilities[column]!);
  const probabilities = INTENSITIES.map((_, level) => mean(cases.map((each) => target(each[level]!))));
  const hits = cases.filter((each) => verdict(each.at(-1)!.probabilities) === emotion).length;
  return {
    emotion,
    accuracy: column < 0 ? Number.NaN : hits / cases.length,
    probabilities,
    rising: spearman(INTENSITIES, probabilities),
    risingEach: mean(cases.map((each) => spearman(INTENSITIES, each.map(target)))),
    closuresKept: mean(cases.map((each) => keptOf(each, true)).filter(Number.isFinite)),
    otherClosedKept: mean(cases.map((each) => keptOf(each, false)).filter(Number.isFinite)),
    gapCorrelation: mean(cases.map((each) => pearson(each[0]!.gaps, each.at(-1)!.gaps))),
    cornerTilt: mean(cases.map((each) => each.at(-1)!.cornerTilt - each[0]!.cornerTilt)),
    shape: meanShape(cases.map((each) => shapeDifference(each.at(-1)!.shape, each[0]!.shape))),
  };
}

/** @param levels `INTENSITIES` of one emotion. */
function keptOf(levels: readonly SpokenEmotion[], pressed: boolean): number {
  const [neutral, full] = [levels[0]!, levels.at(-1)!];
  return framesKeptClosed(neutral.gaps, full.gaps, (n) => neutral.closure[n]! > PRESSED === pressed);
}

function judgedReal(clips: readonly JudgedClip[]) {
  const known = clips.flatMap(({ emotion, probabilities }) => (emotion ? [{ emotion, probabilities }] : []));
  const confusion = confusionOf([...ASKED, 'neutral'], known);
  return { clips, confusion, accuracy: accuracyOf(confusion) };
}

async function pictures(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort();
}

async function firstSeconds(path: string): Promise<Float32Array> {
  const audio = new Float32Array(SECONDS * SAMPLE_RATE);
  let filled = 0;
  for await (const samples of decodeAudio(path)) {
    const part = samples.subarray(0, audio.length - filled);
    audio.set(part, filled);
    filled += part.length;
    if (filled === audio.length) break;
  }
  return audio.subarray(0, filled);
}
