import { describe, expect, it } from 'vitest';
import { readDuration } from './number-options.ts';

describe('readDuration', () => {
  it('reads seconds, minutes and hours', () => {
    const times = { '90': 90, '1.5s': 1.5, '90min': 5400, '12h': 43_200, ' 2 h ': 7200, '1e3': 1000 };
    for (const [text, seconds] of Object.entries(times)) expect(readDuration('--x', text), text).toBe(seconds);
  });

  it('refuses what is no time', () => {
    for (const text of ['', 'h', '0', '-1h', '0x10', 'Infinity', '1001h', '2 days', '1h30']) {
      expect(() => readDuration('--x', text), text).toThrow(expect.objectContaining({ code: 'value-out-of-range' }));
    }
  });
});
