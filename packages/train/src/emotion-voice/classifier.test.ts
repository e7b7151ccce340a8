import { expect, it } from 'vitest';
import { seededRandom } from '../speech/seeded-random.ts';
import { classify, fitClassifier } from './classifier.ts';

it('tells classes apart that a plane divides, each as well however rare, and the same every time', () => {
  const random = seededRandom('voices');
  const rows: number[][] = [];
  const labels: number[] = [];
  for (let n = 0; n < 220; n++) {
    const label = n < 200 ? 0 : 1; // one class is ten times as frequent
    rows.push([5 + 3 * label + 2 * (random() - 0.5), 100 * random()]);
    labels.push(label);
  }
  const fit = () => fitClassifier(rows, labels, 2, { ridge: 0.01, steps: 150 });
  const classifier = fit();
  for (const label of [0, 1]) {
    const own = rows.filter((_, n) => labels[n] === label);
    const right = own.filter((row) => classify(classifier, row)[label]! > 0.5).length;
    expect(right / own.length).toBeGreaterThan(0.97);
  }
  expect(fit()).toEqual(classifier);
});
