import { describe, expect, it } from 'vitest';
import { Call, Global, Tuple, writePickle } from '../../test/helpers/pickle-writer.ts';
import { readShared, sharedPath } from '../../test/helpers/shared.ts';
import { readMotionTemplate, writeMotionTemplate } from './motion-template.ts';

/** A pickled float32 ndarray. */
function ndarray(dims: readonly number[], data: Float32Array, fortran = false): Call {
  const multiarray = 'numpy.core.multiarray';
  const dtype = new Call(
    new Global('numpy', 'dtype'),
    ['f4', false, true],
    new Tuple(3, '<', null, null, null, -1, -1, 0),
  );
  const state = new Tuple(1, new Tuple(...dims), dtype, fortran, new Uint8Array(data.buffer));
  return new Call(
    new Global(multiarray, '_reconstruct'),
    [new Global('numpy', 'ndarray'), new Tuple(0), new Uint8Array(1)],
    state,
  );
}

const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => i / 8);

function template(rotation: string, fortran: boolean): Uint8Array {
  const frame = new Map([
    ['scale', ndarray([1, 1], Float32Array.of(1.5))],
    [rotation, ndarray([1, 3, 3], ramp(9), fortran)],
    ['exp', ndarray([1, 21, 3], ramp(63))],
    ['t', ndarray([1, 3], ramp(3))],
  ]);
  const root = new Map<string, unknown>([
    ['n_frames', 1],
    ['output_fps', 30],
    ['motion', [frame]],
    ['c_lip_lst', [ndarray([1, 1], Float32Array.of(0.25))]],
  ]);
  return writePickle(root, 4);
}

describe('readMotionTemplate', () => {
  it.each(['R', 'R_d'])('reads a pickle whose rotation is called %s', (name) => {
    const read = readMotionTemplate(template(name, false), 'test.pkl');
    expect(read.fps).toBe(30);
    expect(read.frames[0]!.scale).toBe(1.5);
    expect(read.frames[0]!.rotation).toEqual(ramp(9));
    expect(read.frames[0]!.expression).toEqual(ramp(63));
    expect(read.lipRatios).toEqual([0.25]);
  });

  it('turns column-major arrays round', () => {
    const { rotation } = readMotionTemplate(template('R', true), 'test.pkl').frames[0]!;
    expect([...rotation]).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8].map((i) => i / 8));
  });

  it('reads back the JSON it writes', () => {
    const read = readMotionTemplate(template('R', true), 'test.pkl');
    expect(readMotionTemplate(new TextEncoder().encode(writeMotionTemplate(read)), 'test.json')).toEqual(read);
  });

  it('refuses missing fields, wrong sizes and foreign globals', () => {
    const expectRefusal = (value: unknown, message: RegExp) =>
      expect(() => readMotionTemplate(writePickle(value), 'test.pkl')).toThrowError(message);
    expectRefusal(new Map(), /no field "motion"/);
    expectRefusal(new Map([['motion', [new Map([['scale', ndarray([2], ramp(2))]])]]]), /not 1 finite numbers/);
    expectRefusal(new Map([['motion', new Call(new Global('os', 'system'), ['true'])]]), /os\.system/);
  });
});

describe.skipIf(sharedPath('media/eval/templates') === undefined)("LivePortrait's own templates", () => {
  it.each([
    ['d1', 16, 30],
    ['laugh', 54, 25],
    ['talking', 100, 20],
    ['wink', 57, 25],
  ])('reads %s.pkl', (name, frames, fps) => {
    const read = readMotionTemplate(readShared(`media/eval/templates/${name}.pkl`), `${name}.pkl`);
    expect([read.frames.length, read.fps]).toEqual([frames, fps]);
    for (const { rotation: r } of read.frames) {
      // Rows of a rotation have length 1 and the determinant is 1.
      for (const row of [0, 3, 6]) expect(Math.hypot(r[row]!, r[row + 1]!, r[row + 2]!)).toBeCloseTo(1, 5);
      const minor = (a: number, b: number) => r[3 + a]! * r[6 + b]! - r[3 + b]! * r[6 + a]!;
      expect(r[0]! * minor(1, 2) - r[1]! * minor(0, 2) + r[2]! * minor(0, 1)).toBeCloseTo(1, 5);
    }
  });

  it('keeps the sign of the roll: frame 3 of d1', () => {
    const { rotation } = readMotionTemplate(readShared('media/eval/templates/d1.pkl'), 'd1.pkl').frames[3]!;
    expect(rotation[1]).toBeCloseTo(-0.02606585, 7);
  });
});
