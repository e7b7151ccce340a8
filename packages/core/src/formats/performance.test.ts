import { describe, expect, it } from 'vitest';
import { PcTalkError } from '../errors.ts';
import { DEFAULT_PERFORMANCE, parsePerformance, performanceFromOptions } from './performance.ts';

const STYLES = ['natural', 'clear'];

function parse(json: unknown, options = {}) {
  return parsePerformance(json, 'take.json', { styles: STYLES, ...options });
}

function failure(json: unknown): PcTalkError {
  try {
    parse(json);
  } catch (error) {
    if (error instanceof PcTalkError) return error;
  }
  throw new Error('expected a PcTalkError');
}

describe('parsePerformance', () => {
  it('accepts every kind of control and keeps unknown fields', () => {
    const warnings: string[] = [];
    const document = {
      version: 1,
      seed: 7,
      words: [{ text: 'hi', start: 0, end: 0.3, origin: 'given', note: 'mine' }],
      lipScale: 0.8,
      articulations: [{ name: 'teeth', vector: { mouthUpperUpLeft: 1, mouthUpperUpRight: 1 } }],
      articulation: [
        { movement: 'pursing', scale: 1.2, words: [0, 0] },
        { movement: 'teeth', scale: 1.25 },
      ],
      emotion: [{ emotion: 'happy', region: 'lips.left', intensity: [{ time: 0, value: 0.2 }] }],
      style: [{ preset: 'clear', start: 1 }],
      headMotion: [{ value: 0.5, start: 0, end: 2 }],
      studio: { zoom: 2 },
    };
    const onWarning = (warning: { message: string }) => warnings.push(warning.message);
    expect(parse(structuredClone(document), { onWarning })).toEqual(document);
    expect(warnings).toEqual([
      'take.json.words[0].note: not known to this version, ignored',
      'take.json.studio: not known to this version, ignored',
    ]);
  });

  it.each([
    [{ version: 2 }, 'performance-invalid', 'take.json.version'],
    [{ version: 1, lipScal: 1 }, 'unknown-name', "did you mean 'lipScale'"],
    [
      { version: 1, emotion: [{ emotion: 'sad', intensity: 1, regoin: 'lips' }] },
      'unknown-name',
      'take.json.emotion[0]',
    ],
    [{ version: 1, blink: [{ value: [{ time: 0, valeu: 1 }] }] }, 'unknown-name', "did you mean 'value'"],
    [{ version: 1, lipScale: 'big' }, 'performance-invalid', 'take.json.lipScale: expected a number'],
    [{ version: 1, lipScale: 3 }, 'value-out-of-range', 'take.json.lipScale'],
    [{ version: 1, lipScale: Number.NaN }, 'performance-invalid', 'take.json.lipScale'],
    [{ version: 1, blink: [{ value: -1 }] }, 'value-out-of-range', 'take.json.blink[0].value'],
    [{ version: 1, emotion: [{ emotion: 'hapy', intensity: 1 }] }, 'unknown-name', "did you mean 'happy'"],
    [{ version: 1, emotion: [{ emotion: 'sad', region: 'nose', intensity: 1 }] }, 'unknown-name', 'emotion[0].region'],
    [{ version: 1, style: [{ preset: 'loud' }] }, 'unknown-name', 'natural, clear'],
    [{ version: 1, gaze: [{ value: 1, start: 2, end: 1 }] }, 'performance-invalid', 'end after start'],
    [{ version: 1, gaze: [{ value: 1, words: [0, 3] }] }, 'performance-invalid', 'of 0 words'],
    [{ version: 1, articulation: [{ movement: 'teeth', scale: 1 }] }, 'unknown-name', 'opening, pursing, widening'],
    [
      { version: 1, articulations: [{ name: 'a', vector: { mouthOpen: 1 } }] },
      'unknown-name',
      'articulations[0].vector',
    ],
    [{ version: 1, articulations: [{ name: 'a', vector: { jawOpen: 0 } }] }, 'performance-invalid', 'other than 0'],
    [{ version: 1, articulations: [{ name: 'opening', vector: { jawOpen: 1 } }] }, 'performance-invalid', 'a new name'],
    ['text', 'performance-invalid', 'take.json'],
  ])('refuses %j', (json, code, text) => {
    const error = failure(json);
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });

  it('warns of a few of many odd places, and says how many more there are', () => {
    const warnings: string[] = [];
    const onWarning = (warning: { message: string }) => warnings.push(warning.message);
    const unknown = Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`unknown field ${i}`, i]));
    const blink = Array.from({ length: 10_000 }, (_, i) => ({ value: 2.5, start: i, end: i + 1, [`own ${i}`]: 1 }));
    parse({ version: 1, ...unknown, blink }, { onWarning });
    expect(warnings).toHaveLength(18);
    expect(warnings.slice(-2)).toEqual([
      'take.json: 309992 more such places (unknown-field)',
      'take.json: 9992 more such places (outside-recommended)',
    ]);
    warnings.length = 0;
    parse({ version: 1, ['x'.repeat(1e6)]: 1 }, { onWarning });
    expect(warnings[0]!.length).toBeLessThan(200);
    expect(failure({ version: 1, style: [{ preset: 'x'.repeat(1e6) }] }).message.length).toBeLessThan(300);
  });

  it('takes deep values where they are unknown and refuses them where they are not, without following them', () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : { value: deep };
    expect(parse({ version: 1, note: deep })).toBeDefined();
    for (const field of ['version', 'words', 'lipScale', 'emotion', 'style', 'motion', 'seed']) {
      expect(failure({ version: 1, [field]: deep }).code).toBe('performance-invalid');
    }
    expect(failure(deep).code).toBe('performance-invalid');
  });

  it.each([
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [-1, 1],
    [2, 1],
  ])('refuses a word from %s to %s', (start, end) => {
    const error = failure({ version: 1, words: [{ text: 'hi', start, end, origin: 'given' }] });
    expect(error.code).toBe('performance-invalid');
    expect(error.message).toContain('take.json.words[0]');
  });

  it('accepts values beyond the limits only when asked to', () => {
    expect(parse({ version: 1, lipScale: 3 }, { unsafeRange: true }).lipScale).toBe(3);
  });
});

describe('performanceFromOptions', () => {
  it('replaces the tracks that are given and no others', () => {
    const base = { ...DEFAULT_PERFORMANCE, lipScale: 0.7, seed: 3 };
    expect(performanceFromOptions({ lipScale: undefined, blink: 0, style: 'clear' }, base)).toEqual({
      version: 1,
      lipScale: 0.7,
      seed: 3,
      blink: 0,
      style: [{ preset: 'clear' }],
    });
  });
});
