import { expect, it } from 'vitest';
import { ClipReader } from './clip-reader.ts';

/** A clip of `length` frames of 4 MB whose first byte is the frame's number, and the ranges that were decoded. */
function fakeClip(length: number) {
  const ranges: { from: number; count: number | undefined }[] = [];
  async function* decode({ from = 0, count }: { from?: number; count?: number }) {
    ranges.push({ from, count });
    for (let i = from; i < Math.min(length, count === undefined ? length : from + count); i++) {
      const data = new Uint8ClampedArray(4 << 20);
      data[0] = i;
      yield { width: 1024, height: 1024, data };
    }
  }
  return { ranges, decode };
}

it('reads chunks of bounded size backwards when every frame goes to another thread', async () => {
  const { ranges, decode } = fakeClip(60);
  await using reader = new ClipReader(decode, { lastIndex: 59 });
  const order = [...Array(60).keys(), ...Array.from({ length: 58 }, (_, i) => 58 - i)];
  for (const index of order) {
    const picture = await reader.frameAt(index);
    expect(picture.data[0]).toBe(index);
    structuredClone(picture.data, { transfer: [picture.data.buffer] });
  }
  const backwards = ranges.filter(({ count }) => count !== undefined);
  expect(backwards.length).toBeGreaterThan(3);
  for (const { count } of backwards) expect(count).toBeLessThanOrEqual(12);
});

it('gives the last frame again, whole, when the clip ends early or a frame is asked for twice', async () => {
  const { decode } = fakeClip(5);
  await using reader = new ClipReader(decode, { lastIndex: 9 });
  const seen: number[] = [];
  for (const index of [2, 3, 3, 4, 5, 6, 7]) {
    const picture = await reader.frameAt(index);
    seen.push(picture.data[0]!);
    structuredClone(picture.data, { transfer: [picture.data.buffer] });
  }
  expect(seen).toEqual([2, 3, 3, 4, 4, 4, 4]);
});

it('says which frame is missing when there is none at all', async () => {
  const { decode } = fakeClip(0);
  await using reader = new ClipReader(decode);
  await expect(reader.frameAt(3)).rejects.toThrow('no frame 3');
});
