import { expect, it } from 'vitest';
import { MouthCover } from './mouth-cover.ts';

interface Told {
  readonly covered: (readonly [number, number])[];
  readonly looks: number[];
  readonly changes: number[];
}

/** @param unusual where the glance finds something. @param isCovered what the close look says. */
async function watch(
  frames: number,
  unusual: (f: number) => boolean,
  isCovered: (f: number) => boolean,
): Promise<Told> {
  const cover = new MouthCover();
  const told: Told = { covered: [], looks: [], changes: [] };
  for (let f = 0; f < frames; f++) {
    const { covered, isChanged } = await cover.next(f, unusual(f) ? 0.4 : 0, async () => {
      told.looks.push(f);
      return isCovered(f);
    });
    if (covered) told.covered.push(covered);
    if (isChanged) told.changes.push(f);
  }
  return told;
}

it('says for which frames a hand was there, though a close look is sure late', async () => {
  const { covered, looks } = await watch(
    40,
    (f) => f >= 20 && f < 26,
    (f) => f >= 22 && f < 25,
  );
  expect(covered).toEqual([
    [20, 23],
    [23, 24],
    [24, 25],
    [25, 26],
  ]);
  expect(looks).toEqual([12, 20, 22, 36]);
});

it('finds what has been there all along by looking every second', async () => {
  const { covered } = await watch(
    48,
    () => false,
    () => true,
  );
  expect(covered).toEqual([
    [0, 24],
    [24, 48],
  ]);
});

it('takes a lasting change for what is usual from then on, and does not tell of it', async () => {
  const { covered, changes } = await watch(
    20,
    (f) => f >= 5,
    () => false,
  );
  expect(covered).toEqual([]);
  expect(changes[0]).toBe(17);
});

it('looks again whether what came is still there', async () => {
  const { covered, changes } = await watch(
    30,
    (f) => f >= 5,
    (f) => f < 20,
  );
  expect(covered[0]).toEqual([5, 6]);
  expect(covered.at(-1)).toEqual([28, 29]);
  expect(changes).toEqual([29]);
});
