import { describe, expect, it } from 'vitest';
import { CONTROLS, type ControlName, type ControlRange, checkControl } from './controls.ts';

describe('CONTROLS', () => {
  it.each(Object.entries(CONTROLS) as [ControlName, ControlRange][])(
    '%s: default in recommended in limits',
    (_, range) => {
      const { limits, recommended, default: initial, sync = [] } = range;
      expect(limits[0]).toBeLessThanOrEqual(recommended[0]);
      expect(recommended[1]).toBeLessThanOrEqual(limits[1]);
      expect(initial).toBeGreaterThanOrEqual(recommended[0]);
      expect(initial).toBeLessThanOrEqual(recommended[1]);
      for (const [value, share] of sync) {
        expect(share >= 0.95).toBe(value >= recommended[0] && value <= recommended[1]);
      }
    },
  );
});

describe('checkControl', () => {
  it('warns outside the recommended range with the loss that was measured', () => {
    const messages: string[] = [];
    const onWarning = ({ message }: { message: string }) => messages.push(message);
    checkControl('lipScale', 1, 'a', { onWarning });
    checkControl('lipScale', 0.2, 'b', { onWarning });
    checkControl('articulation', 0.125, 'c', { onWarning });
    checkControl('lipScale', 0, 'd', { onWarning });
    checkControl('headMotion', 1.8, 'e', { onWarning });
    expect(messages).toHaveLength(4);
    expect(messages[0]).toMatch(/^b: 0\.2 is outside.* 6 % less/);
    expect(messages[1]).toMatch(/ 2\d % less/);
    expect(messages[2]).toMatch(/ 6 % less/);
    expect(messages[3]).not.toMatch(/less/);
  });
});
