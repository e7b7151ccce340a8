import { describe, expect, it } from 'vitest';
import { closuresKept, editFigures } from './control-figures.ts';
import type { DrawnTrack } from './drawn-track.ts';

const FRAMES = 100;
const wave = (frames: number, size: number) =>
  Float32Array.from({ length: FRAMES }, (_, t) => size * Math.sin((2 * Math.PI * t) / frames));

function track(curves: Partial<DrawnTrack>): DrawnTrack {
  const rest = {
    opening: wave(10, 0.1).map((x) => x + 0.1),
    outer: wave(10, 0.1),
    width: wave(17, 0.02),
    protrusion: wave(23, 0.01),
    gap: wave(10, 0.05),
    brows: wave(50, 0),
    eyes: wave(50, 0),
    yaw: wave(50, 0),
    closure: new Float32Array(FRAMES),
  };
  return { ...rest, ...curves };
}

describe('editFigures', () => {
  it('tells the size of the own measure from what goes along with it', () => {
    const natural = track({});
    const clean = editFigures(natural, track({ gap: wave(10, 0.075) }), 'gap');
    expect(clean.size).toBeCloseTo(1.5, 2);
    expect(clean.gain.gap).toBeCloseTo(1.5, 3);
    expect(clean.leak.width).toBeCloseTo(0, 3);
    const width = natural.width.map((x, t) => x + 0.2 * natural.gap[t]!);
    const leaky = editFigures(natural, track({ gap: wave(10, 0.075), width }), 'gap');
    // 0.2 of the gap's std, .05, over half of it that changed, in the width's std, .02.
    expect(leaky.leak.width).toBeCloseTo((0.2 / 0.5) * (0.05 / 0.02), 1);
    expect(leaky.leak.protrusion).toBeCloseTo(0, 2);
  });
});

describe('closuresKept', () => {
  it('counts the heard closures in which the lips still meet', () => {
    const closure = new Float32Array(FRAMES);
    closure[7] = closure[8] = closure[47] = 0.9;
    const natural = track({ closure });
    expect(closuresKept(natural, natural)).toBe(1);
    const opened = natural.opening.map((x, t) => (t > 40 ? x + 0.2 : x));
    expect(closuresKept(natural, track({ closure, opening: opened }))).toBe(0.5);
  });
});
