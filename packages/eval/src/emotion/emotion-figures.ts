import { JUDGED, type Judged, verdict } from './expression-judge.ts';

/** Lips are taken as closed below this gap, U. */
const CLOSED = 0.02;

/**
 * Share of the frames closed in `before` that are closed in `after` too; NaN if none is.
 * @param counted which frames count: all unless given.
 */
export function framesKeptClosed(
  before: Float32Array,
  after: Float32Array,
  counted: (frame: number) => boolean = () => true,
): number {
  let closed = 0;
  let kept = 0;
  for (let n = 0; n < before.length; n++) {
    if (before[n]! >= CLOSED || !counted(n)) continue;
    closed++;
    if (after[n]! < CLOSED) kept++;
  }
  return kept / closed;
}

/** Pearson's correlation. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [ma, mb] = [0, 0];
  for (let i = 0; i < n; i++) {
    ma += a[i]! / n;
    mb += b[i]! / n;
  }
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
    ab += (a[i]! - ma) * (b[i]! - mb);
  }
  return ab / Math.sqrt(aa * bb);
}

/** Spearman's rank correlation; equal values share their mean rank. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return pearson(ranks(a), ranks(b));
}

function ranks(values: ArrayLike<number>): number[] {
  const sorted = Array.from(values).sort((x, y) => x - y);
  return Array.from(values, (value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

/** Mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How often each answer was given to each emotion: rows are emotions, columns `JUDGED`, both in a stated order. */
export interface Confusion {
  readonly rows: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** Counts the likeliest answers. @param cases emotion asked for and probabilities answered. */
export function confusionOf(
  rows: readonly string[],
  cases: readonly { readonly emotion: string; readonly probabilities: Float32Array }[],
): Confusion {
  const counts = rows.map(() => JUDGED.map(() => 0));
  for (const { emotion, probabilities } of cases) {
    const row = counts[rows.indexOf(emotion)];
    if (row !== undefined) row[JUDGED.indexOf(verdict(probabilities))]!++;
  }
  return { rows, counts };
}

/** Share of the cases with an answer in `JUDGED` that were answered rightly. */
export function accuracyOf({ rows, counts }: Confusion): number {
  let right = 0;
  let all = 0;
  rows.forEach((row, i) => {
    const column = JUDGED.indexOf(row as Judged);
    if (column < 0) return;
    right += counts[i]![column]!;
    all += counts[i]!.reduce((sum, count) => sum + count, 0);
  });
  return right / all;
}
