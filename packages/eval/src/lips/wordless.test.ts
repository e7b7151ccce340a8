import { readFileSync } from 'node:fs';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, readMeshBasis } from '@pctalk/core';
import { describe, expect, it } from 'vitest';
import { describeWordless, wordlessFigures } from './wordless-figures.ts';
import { crowdOf, WORDLESS_SECONDS, wordlessSounds } from './wordless-sounds.ts';

const START = WORDLESS_SECONDS.before * 16000;
const levelDb = (samples: Float32Array) =>
  10 * Math.log10(samples.subarray(START).reduce((sum, x) => sum + x * x, 0) / (samples.length - START));

describe('wordlessSounds', () => {
  it('begin in silence, are as loud as they say and always the same', () => {
    const again = wordlessSounds();
    for (const [i, { name, samples }] of wordlessSounds().entries()) {
      expect(samples.subarray(0, START).every((x) => x === 0)).toBe(true);
      expect(samples.every((x, n) => x === again[i]!.samples[n])).toBe(true);
      const asked = / (-\d+) dB$/.exec(name)?.[1];
      // The loudest are clipped a little.
      if (asked !== undefined) expect(Math.abs(levelDb(samples) - Number(asked))).toBeLessThan(1);
    }
  });

  it('make a crowd of voices', () => {
    const voices = Array.from({ length: 5 }, (_, i) =>
      Float32Array.from({ length: 16000 }, (_, n) => Math.sin(n * (i + 1) * 0.1)),
    );
    expect(levelDb(crowdOf(voices, -20).samples)).toBeCloseTo(-20, 1);
  });
});

describe('wordlessFigures', () => {
  it('finds lips that part at the onset and lie still after it', async () => {
    const basis = readMeshBasis(readFileSync(new URL('../../../core/assets/mesh-basis.bin', import.meta.url)));
    const start = WORDLESS_SECONDS.before * 25;
    const model = {
      name: 'twitch',
      lips: async (samples: Float32Array) =>
        Array.from({ length: samples.length / 640 }, (_, t) => {
          const frame = new Float32Array(COEFFICIENT_COUNT);
          if (t === start + 1) frame[COEFFICIENT_INDEX.jawOpen] = 0.4;
          return frame;
        }),
      dispose: async () => {},
    };
    const rows = await wordlessFigures(model, wordlessSounds().slice(0, 1), basis);
    expect(rows[0]!.onset).toBeGreaterThan(0.15);
    expect(rows[0]!.after).toBe(0);
    expect(rows[0]!.moving).toBeCloseTo(2 / (WORDLESS_SECONDS.sound * 25), 6);
    expect(describeWordless([{ name: model.name, rows }])).toContain('digital silence');
  });
});
