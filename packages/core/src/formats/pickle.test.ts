import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NUMPY_GLOBALS, NumpyArray } from './numpy-pickle.ts';
import { readPickle } from './pickle.ts';
import { PLAIN_GLOBALS } from './plain-pickle.ts';
import { toFloat32 } from './stored-tensor.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/pickles.json', import.meta.url), 'utf8'));
const globals = { ...PLAIN_GLOBALS, ...NUMPY_GLOBALS };
const read = (bytes: Uint8Array) => readPickle(bytes, { where: 'test.pkl', globals });

describe.each(Object.entries<string>(golden.pickles))('a pickle of protocol %s by Python', (_, base64) => {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  const value = read(bytes) as Map<string, unknown>;
  const array = (key: string) => value.get(key) as NumpyArray;

  it('holds the same numbers, texts and containers', () => {
    expect(value.get('ints')).toEqual([0, 1, -2, 255, 256, 65536, -(2 ** 31), 2 ** 40, 2n ** 70n, -(2n ** 70n)]);
    expect(value.get('floats')).toEqual([3.5, -0, 1e300, Infinity]);
    expect(value.get('flags')).toEqual([true, false, null]);
    expect(value.get('text')).toBe('xé中\n\\ 😀');
    expect([...(value.get('bytes') as Uint8Array)]).toEqual([0, 255, 97, 98]);
    expect(value.get('tuple')).toEqual([1, [2], [3, 4], [5, 6, 7], [8, 9, 10, 11]]);
    expect([value.get('set'), value.get('frozen')]).toEqual([new Set([1, 2]), new Set([3])]);
    expect(value.get('long')).toBe('y'.repeat(300));
    const [first, second] = value.get('shared') as unknown[];
    expect(first).toBe(second);
  });

  it('holds the same arrays', () => {
    expect(array('fortran')).toBeInstanceOf(NumpyArray);
    expect([array('fortran').dims, [...toFloat32(array('fortran'))]]).toEqual([
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ]);
    expect([...toFloat32(array('big'))]).toEqual([1, -2, 3]);
    expect([...toFloat32(array('half'))]).toEqual([0.5, -2]);
    expect(value.get('scalar')).toBe(2.5);
  });

  it('holds the fields of a Namespace and of an OrderedDict', () => {
    expect([...(value.get('args') as Map<string, unknown>)]).toEqual([
      ['T', 25],
      ['name', 'lac'],
    ]);
    expect([...(value.get('ordered') as Map<string, unknown>)]).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('is refused when cut anywhere', () => {
    for (let size = 0; size < bytes.length; size += 13) {
      expect(() => read(bytes.subarray(0, size)), `${size} bytes`).toThrowError(
        expect.objectContaining({ code: 'model-invalid' }),
      );
    }
  });
});

describe('readPickle', () => {
  const refuse = (...bytes: number[]) => expect(() => read(Uint8Array.from(bytes)));
  const text = (value: string) => [...new TextEncoder().encode(value)];

  it('never calls what is not on the list, by any opcode', () => {
    const system = text('cos\nsystem\n');
    refuse(...system, 0x2e).toThrow(/os\.system/);
    refuse(0x28, ...text('Vtrue\n'), ...text('ios\nsystem\n'), 0x2e).toThrow(/os\.system/);
    refuse(0x80, 4, 0x8c, 2, ...text('os'), 0x8c, 6, ...text('system'), 0x93, 0x2e).toThrow(/os\.system/);
    refuse(...text('c__proto__\nconstructor\n'), 0x2e).toThrow(/not on the list/);
    refuse(0x82, 1, 0x2e).toThrow(/opcode 0x82/); // a code of the extension registry
    refuse(...text('ccopy_reg\n_reconstructor\n'), 0x28, ...text('c__builtin__\nobject\n'), 0x74, 0x52, 0x2e).toThrow(
      /test\.pkl/,
    );
  });

  it('bounds how deep values nest, however they are put together', () => {
    const deep = 100_000;
    const refused = (bytes: readonly number[]) => expect(() => read(Uint8Array.from(bytes)));
    const fill = (part: readonly number[]) => Array.from({ length: deep }, () => part).flat();
    // Lists from the inside, tuples from the inside, dicts, and lists that are filled after they were put into another.
    refused([fill([0x5d]), fill([0x61]), 0x2e].flat()).toThrow(/nested more than 100 deep/);
    refused([0x4e, fill([0x85]), 0x2e].flat()).toThrow(/nested more than 100 deep/);
    refused([fill([0x28]), fill([0x74]), 0x2e].flat()).toThrow(/nested more than 100 deep/);
    refused([fill([0x7d, 0x4e]), 0x4e, fill([0x73]), 0x2e].flat()).toThrow(/nested more than 100 deep/);
    const outside = fill([0x5d, 0x71, 1, 0x61, 0x30, 0x68, 1, 0x71, 0]);
    refused([0x5d, 0x71, 0, outside, 0x2e].flat()).toThrow(/changes after it was put into another/);
    // A shared list doubles with every level: nothing of it may be written out.
    const doubled = Array.from({ length: 60 }, () => [0x71, 0, 0x68, 0, 0x86]).flat();
    refuse(...text('cnumpy\ndtype\n'), 0x5d, ...doubled, 0x85, 0x52, 0x2e).not.toThrow();
  });

  it('refuses what no pickler writes', () => {
    refuse(0x80, 9, 0x2e).toThrow(/protocol above 5/);
    refuse(0x2e).toThrow(/empty stack/);
    refuse(0x74, 0x2e).toThrow(/closing without its mark/);
    refuse(0x4b, 1, 0x61, 0x2e).toThrow(/empty stack|not a list/);
    refuse(0x68, 7, 0x2e).toThrow(/memo 7/);
    refuse(0x8e, 255, 255, 255, 255, 255, 255, 255, 127, 0x2e).toThrow(/end of the data/);
    refuse(0x4b, 1, 0x51, 0x2e).toThrow(/persistent id/);
    refuse(0x4b, 1, 0x29, 0x52, 0x2e).toThrow(/call of what is not an allowed name/);
  });
});
