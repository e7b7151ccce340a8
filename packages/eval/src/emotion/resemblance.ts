import { EMOTIONS, type Emotion } from '@pctalk/core';
import { FACE_SHAPE, type FaceShape, meanShape } from './face-change.ts';
import { frechetDistance, gaussianOf } from './frechet.ts';
import { meanTone, type SkinTone } from './skin-tone.ts';
import type { WatchedEmotion } from './watch-emotion.ts';

/** How close drawn emotions come to real ones, both seen by the same face tracker. */
export interface Resemblance {
  readonly people: readonly string[];
  readonly portraits: number;
  readonly rows: readonly ResemblanceRow[];
  /** Share of emotions whose shape is nearest to a real one of the same name: each person by the others, and ours by all. */
  readonly nearestReal: number;
  readonly nearestOurs: number;
}

/** One emotion of ours beside the same of real people. */
export interface ResemblanceRow {
  readonly emotion: Emotion;
  /** Fréchet distances of coefficients: ours to real; one person to the others; neutral speech to real. */
  readonly ours: number;
  readonly between: number;
  readonly neutral: number;
  readonly shape: FaceShape;
  readonly real: FaceShape;
  /** How much brighter or darker places of the skin become. */
  readonly tone: SkinTone;
  readonly realTone: SkinTone;
  /** Portraits whose shape is nearest to this emotion of real people, of all portraits. */
  readonly nearest: number;
}

const FELT = EMOTIONS.filter((emotion) => emotion !== 'neutral');

/** Compares what was watched. @param real at least two people with all emotions. @param ours one `person` a portrait. */
export function measureResemblance(real: readonly WatchedEmotion[], ours: readonly WatchedEmotion[]): Resemblance {
  const people = [...new Set(real.map(({ person }) => person))];
  const portraits = new Set(ours.map(({ person }) => person)).size;
  const rowsOf = (all: readonly WatchedEmotion[], emotion: Emotion, who?: (person: string) => boolean) =>
    gaussianOf(
      all.filter((each) => each.emotion === emotion && (who?.(each.person) ?? true)).flatMap(({ rows }) => rows),
    );
  const scale = spreadOf(real);
  const rows = FELT.map((emotion): ResemblanceRow => {
    const here = rowsOf(real, emotion);
    const apart = people.map((person) =>
      frechetDistance(
        rowsOf(real, emotion, (who) => who === person),
        rowsOf(real, emotion, (who) => who !== person),
      ),
    );
    const mine = ours.filter((each) => each.emotion === emotion);
    const acted = real.filter((each) => each.emotion === emotion);
    return {
      emotion,
      ours: frechetDistance(rowsOf(ours, emotion), here),
      between: apart.reduce((sum, value) => sum + value, 0) / people.length,
      neutral: frechetDistance(rowsOf(real, 'neutral'), here),
      shape: meanShape(mine.map(({ shape }) => shape)),
      real: meanShape(acted.map(({ shape }) => shape)),
      tone: meanTone(mine.map(({ tone }) => tone)),
      realTone: meanTone(acted.map(({ tone }) => tone)),
      nearest: mine.filter((each) => nearestTo(each, real, scale) === emotion).length / portraits,
    };
  });
  const known = real.filter(({ emotion }) => emotion !== 'neutral');
  const found = known.filter((each) => {
    const others = real.filter(({ person }) => person !== each.person);
    return nearestTo(each, others, scale) === each.emotion;
  });
  return {
    people,
    portraits,
    rows,
    nearestReal: found.length / known.length,
    nearestOurs: rows.reduce((sum, { nearest }) => sum + nearest, 0) / rows.length,
  };
}

/** Standard deviation of each measure over real emotions. */
function spreadOf(real: readonly WatchedEmotion[]): Readonly<Record<keyof FaceShape, number>> {
  const mean = meanShape(real.map(({ shape }) => shape));
  const entries = FACE_SHAPE.map((name) => [
    name,
    Math.sqrt(real.reduce((sum, { shape }) => sum + (shape[name] - mean[name]) ** 2, 0) / real.length),
  ]);
  return Object.fromEntries(entries);
}

function nearestTo(
  { shape }: WatchedEmotion,
  others: readonly WatchedEmotion[],
  scale: Readonly<Record<keyof FaceShape, number>>,
): Emotion {
  const distance = (emotion: Emotion) => {
    const mean = meanShape(others.filter((each) => each.emotion === emotion).map((each) => each.shape));
    return FACE_SHAPE.reduce((sum, name) => sum + ((shape[name] - mean[name]) / scale[name]) ** 2, 0);
  };
  return FELT.reduce((best, emotion) => (distance(emotion) < distance(best) ? emotion : best), FELT[0]!);
}
