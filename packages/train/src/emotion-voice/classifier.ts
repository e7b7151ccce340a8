/** A linear classifier: score of class c is `bias[c] + Σ weights[c][k] · signs[k]`. */
export interface LinearClassifier {
  /** `[C][K]` */
  readonly weights: readonly Float64Array[];
  /** `[C]` */
  readonly bias: Float64Array;
}

/** How hard weights are pulled to zero (of standardised signs), and how it is trained. */
export interface FitOptions {
  readonly ridge: number;
  readonly steps: number;
}

/**
 * Fits softmax regression with a ridge by full-batch Adam from zero, every class of equal weight: nothing in it is drawn by
 * chance, so that the same rows give the same classifier.
 * @param rows signs `[N][K]`. @param labels class of each row, 0 … C − 1
 */
export function fitClassifier(
  rows: readonly ArrayLike<number>[],
  labels: readonly number[],
  classes: number,
  { ridge, steps }: FitOptions,
): LinearClassifier {
  const size = rows[0]!.length;
  const mean = columns(size, (k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
  const scale = columns(size, (k) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (row[k]! - mean[k]!) ** 2, 0) / rows.length + 1e-9),
  );
  // One more column of ones is the bias.
  const x = rows.map((row) => columns(size + 1, (k) => (k === size ? 1 : (row[k]! - mean[k]!) / scale[k]!)));
  const shares = columns(classes, (c) => 1 / (classes * Math.max(1, labels.filter((label) => label === c).length)));
  const w = Array.from({ length: classes }, () => new Float64Array(size + 1));
  const adam = w.map((row) => ({ first: new Float64Array(row.length), second: new Float64Array(row.length) }));
  for (let step = 1; step <= steps; step++) {
    const gradient = w.map((row) => row.map((value, k) => (k === size ? 0 : ridge * value)));
    x.forEach((row, n) => {
      const p = softmax(w.map((each) => dot(each, row)));
      for (let c = 0; c < classes; c++) {
        const error = (p[c]! - (labels[n] === c ? 1 : 0)) * shares[labels[n]!]!;
        for (let k = 0; k <= size; k++) gradient[c]![k]! += error * row[k]!;
      }
    });
    const rate = 0.05 * (1 - (step - 1) / steps);
    w.forEach((row, c) => {
      const { first, second } = adam[c]!;
      for (let k = 0; k <= size; k++) {
        const g = gradient[c]![k]!;
        first[k] = 0.9 * first[k]! + 0.1 * g;
        second[k] = 0.999 * second[k]! + 0.001 * g * g;
        row[k]! -= (rate * first[k]!) / (1 - 0.9 ** step) / (Math.sqrt(second[k]! / (1 - 0.999 ** step)) + 1e-8);
      }
    });
  }
  return {
    weights: w.map((row) => columns(size, (k) => row[k]! / scale[k]!)),
    bias: columns(classes, (c) => w[c]![size]! - mean.reduce((sum, m, k) => sum + (w[c]![k]! * m) / scale[k]!, 0)),
  };
}

/** @returns probability of each class */
export function classify({ weights, bias }: LinearClassifier, signs: ArrayLike<number>): Float64Array {
  return softmax(weights.map((row, c) => bias[c]! + dot(row, signs)));
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

function softmax(scores: readonly number[]): Float64Array {
  const top = Math.max(...scores);
  const powers = Float64Array.from(scores, (x) => Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

function columns(size: number, of: (k: number) => number): Float64Array {
  return Float64Array.from({ length: size }, (_, k) => of(k));
}
