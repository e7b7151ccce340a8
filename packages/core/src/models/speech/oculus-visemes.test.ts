import { describe, expect, it } from 'vitest';
import { OCULUS_VISEMES, type OculusViseme, oculusVisemes } from './oculus-visemes.ts';
import { PHONE_CLASSES, type PhoneClass } from './phone-classes.ts';

const heard = (shares: Partial<Record<PhoneClass, number>>) =>
  oculusVisemes(PHONE_CLASSES.map((name) => shares[name] ?? 0));
const at = (visemes: Float32Array, name: OculusViseme) => visemes[OCULUS_VISEMES.indexOf(name)]!;

describe('oculusVisemes', () => {
  it('knows fifteen', () => {
    expect(new Set(OCULUS_VISEMES).size).toBe(15);
  });

  it('adds up the phones of a viseme and keeps the sum', () => {
    const visemes = heard({ P: 0.25, M: 0.5, UW: 0.25 });
    expect(at(visemes, 'PP')).toBeCloseTo(0.75, 6);
    expect(at(visemes, 'ou')).toBeCloseTo(0.25, 6);
    expect(visemes.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  it('gives every phone to one viseme, and every viseme a phone', () => {
    const used = PHONE_CLASSES.map((name) => OCULUS_VISEMES.filter((viseme) => at(heard({ [name]: 1 }), viseme) === 1));
    for (const visemes of used) expect(visemes).toHaveLength(1);
    expect(new Set(used.flat()).size).toBe(15);
  });
});
