import { describe, expect, it } from 'vitest';
import { writeZip } from '../../test/helpers/zip-writer.ts';
import { readZip } from './zip.ts';

/** An archive of `count` directory entries that all point to the first one's megabyte. */
function overlapping(count: number): Uint8Array {
  const data = new Uint8Array(2 ** 20).fill(7);
  const whole = writeZip(new Map([['0', data]]));
  const view = new DataView(whole.buffer, whole.byteOffset, whole.length);
  const end = whole.length - 22;
  const start = view.getUint32(end + 16, true);
  const record = whole.subarray(start, end);
  const nameSize = view.getUint16(start + 28, true);
  const records = Array.from({ length: count }, (_, i) => {
    const name = new TextEncoder().encode(`${i}`.padStart(6, '0'));
    const copy = new Uint8Array(46 + name.length + record.length - 46 - nameSize);
    copy.set(record.subarray(0, 46));
    copy.set(name, 46);
    copy.set(record.subarray(46 + nameSize), 46 + name.length);
    new DataView(copy.buffer).setUint16(28, name.length, true);
    return copy;
  });
  const tail = whole.slice(end);
  const tailView = new DataView(tail.buffer);
  tailView.setUint16(8, count, true);
  tailView.setUint16(10, count, true);
  tailView.setUint32(12, records.length * records[0]!.length, true);
  return new Uint8Array(Buffer.concat([whole.subarray(0, start), ...records, tail]));
}

describe('readZip', () => {
  it('reads what was written', () => {
    const entries = new Map([
      ['a', Uint8Array.of(1, 2, 3)],
      ['b/c', new Uint8Array(0)],
      ['d', Uint8Array.of(4)],
    ]);
    expect([...readZip(writeZip(entries), 'x')]).toEqual([...entries]);
    expect(readZip(overlapping(1), 'x').size).toBe(1);
  });

  it('refuses entries that share bytes, before it reads any', () => {
    for (const count of [2, 30_000]) expect(() => readZip(overlapping(count), 'x')).toThrow(/overlaps another/);
  });

  it('refuses an entry that reaches into the directory', () => {
    const whole = writeZip(new Map([['a', Uint8Array.of(1)]]));
    const start = new DataView(whole.buffer).getUint32(whole.length - 6, true);
    const view = new DataView(whole.buffer);
    view.setUint32(start + 20, 9, true);
    view.setUint32(start + 24, 9, true);
    expect(() => readZip(whole, 'x')).toThrow(/overlaps another or the directory/);
  });
});
