import { describe, expect, it } from 'vitest';
import { JSON_LIMITS, parseJson } from './parse-json.ts';
import { showValue } from './show-value.ts';

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    for (const text of ['{"a": [1, "]}[{\\"", {"b": null}]}', '"x"', ' 3.5 ', '[[[[]]]]', '"\\\\"']) {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }
    for (const text of ['', '{', '"', '[1,]', '"\\']) expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('refuses what nests deeper or holds more than is allowed', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(JSON_LIMITS.depth))).toBeDefined();
    expect(() => parseJson(nested(100_000))).toThrow(/more than 64 deep/);
    expect(() => parseJson('{"a":'.repeat(100_000))).toThrow(/more than 64 deep/);
    expect(() => parseJson(`[${'0,'.repeat(5e6)}0]`)).toThrow(/more than fits in \d+ MB/);
    expect(() => parseJson(' '.repeat(JSON_LIMITS.characters + 1))).toThrow(/more than 32 MB/);
  });
});

describe('showValue', () => {
  it('shows any value in a few words', () => {
    expect(showValue({ a: [1, 'two', null], b: new Map([[1n, new Uint8Array(3)]]) })).toBe(
      '{"a": [1, "two", null], "b": {1 (hexadecimal): 3 bytes}}',
    );
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : { deep };
    const shared: unknown[] = [];
    for (let i = 0; i < 60; i++) shared.unshift([...shared, ...shared].slice(0, 8));
    for (const value of [
      deep,
      shared,
      'x'.repeat(1e6),
      new Array(1e6).fill('y'.repeat(99)),
      { ['z'.repeat(1e6)]: 1 },
    ]) {
      expect(showValue(value).length).toBeLessThan(90);
    }
  });
});
