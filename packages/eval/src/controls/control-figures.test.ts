import { describe, expect, it } from 'vitest';
import { closuresKept, editFigures, lipEditTakes } from './control-figures.ts';
import type { ComposedLips, DrawnTrack } from './drawn-track.ts';

const FRAMES = 100;
const wave = (frames: number, size: number) =>
  Float32Array.from({ length: FRAMES }, (_, t) => size * Math.sin((2 * Math.PI * t) / frames));
const sum = (a: Float32Array, b: Float32Array) => a.map((x, t) => x + b[t]!);

const GAP = wave(10, 0.05);
const HEIGHT = wave(25, 0.01);

function track(curves: Partial<DrawnTrack>, drawn: Partial<ComposedLips> = {}): DrawnTrack {
  const composed = { gap: GAP, height: sum(GAP, HEIGHT), width: wave(17, 0.02), protrusion: wave(23, 0.01), ...drawn };
  const rest = {
    ...composed,
    opening: wave(10, 0.1).map((x) => x + 0.1),
    outer: wave(10, 0.1),
    brows: wave(50, 0),
    eyes: wave(50, 0),
    yaw: wave(50, 0),
    closure: new Float32Array(FRAMES),
    composed,
  };
  return { ...rest, ...curves };
}

const figures = (natural: DrawnTrack, edited: DrawnTrack, own: Parameters<typeof editFigures>[2]) => {
  const [before, after] = lipEditTakes(natural, [natural, edited]);
  return editFigures(before!, after!, own);
};

describe('editFigures', () => {
  it('tells the size of the own measure from what goes along with it', () => {
    const natural = track({});
    const gap = wave(10, 0.075);
    const clean = figures(natural, track({ gap }), 'gap');
    expect(clean.size).toBeCloseTo(1.5, 2);
    expect(clean.follows).toBeCloseTo(1.5, 2);
    expect(clean.leak.width).toBeCloseTo(0, 3);
    const width = natural.width.map((x, t) => x + 0.2 * natural.gap[t]!);
    const leaky = figures(natural, track({ gap, width }), 'gap');
    // 0.2 of the gap's std, .05, over half of it that changed, in the width's std, .02.
    expect(leaky.leak.width).toBeCloseTo((0.2 / 0.5) * (0.05 / 0.02), 1);
    expect(leaky.leak.protrusion).toBeCloseTo(0, 2);
  });

  it('sees the height of the lips by their outer contour, whatever becomes of the inner one', () => {
    // Small openings are read as none.
    const blind = GAP.map((x) => Math.max(0, x - 0.02));
    const natural = track({ gap: blind });
    const height = sum(GAP, wave(25, 0.015));
    const { size, follows, leak, composedSize } = figures(
      natural,
      track({ gap: blind, height }, { height }),
      'lipHeight',
    );
    for (const x of [size, follows, composedSize]) expect(x).toBeCloseTo(1.5, 1);
    expect(leak.gap).toBeCloseTo(0, 3);
  });
});

describe('closuresKept', () => {
  it('counts the heard closures in which the lips still meet', () => {
    const closure = new Float32Array(FRAMES);
    closure[7] = closure[8] = closure[47] = 0.9;
    const natural = track({ closure });
    expect(closuresKept(natural, natural)).toBe(1);
    expect(closuresKept(track({}), natural)).toBeNaN();
    const opened = natural.opening.map((x, t) => (t > 40 ? x + 0.2 : x));
    expect(closuresKept(natural, track({ closure, opening: opened }))).toBe(0.5);
  });
});
