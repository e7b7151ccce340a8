import type { ShownClip } from './evaluate-lips.ts';
import { LIP_CURVES, type LipCurve } from './lip-figures.ts';

const SECONDS = 6;
const WIDTH = 1000;
const PANEL = 150;
const LEFT = 90;
const COLOURS = ['#d62728', '#2ca02c', '#9467bd', '#8c564b', '#17becf'];
const REAL = '#111';

/** The curves of a clip's first seconds, the real ones in black, as SVG. */
export function drawLipCurves({ id, real, driven }: ShownClip): string {
  const lines = [{ name: 'real', curves: real, colour: REAL }].concat(
    Object.entries(driven).map(([name, curves], i) => ({ name, curves, colour: COLOURS[i % COLOURS.length]! })),
  );
  const height = 40 + LIP_CURVES.length * PANEL;
  const panels = LIP_CURVES.map((curve, row) => {
    const values = lines.flatMap(({ curves }) => [...shownPart(curves[curve])]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const top = 40 + row * PANEL;
    const y = (value: number) => top + PANEL - 15 - ((value - low) / (high - low || 1)) * (PANEL - 25);
    const paths = lines.map(({ curves, colour }) => path(shownPart(curves[curve]), y, colour));
    const scale = `${text(LEFT - 8, y(low), low.toFixed(2), 'end')}${text(LEFT - 8, y(high) + 8, high.toFixed(2), 'end')}`;
    return `${text(8, top + PANEL / 2, curve satisfies LipCurve)}${scale}${paths.join('')}`;
  });
  const legend = lines.map(({ name, colour }, i) => text(LEFT + i * 170, 22, name, 'start', colour));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13">
<title>${id}: lips of the first ${SECONDS} s</title>
<rect width="100%" height="100%" fill="#fff"/>
${[...legend, ...panels].join('\n')}
</svg>
`;
}

function shownPart(curve: Float32Array): Float32Array {
  return curve.subarray(0, SECONDS * 25);
}

function path(curve: Float32Array, y: (value: number) => number, colour: string): string {
  const step = (WIDTH - LEFT - 10) / (SECONDS * 25 - 1);
  const points = Array.from(curve, (value, t) => `${(LEFT + t * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const width = colour === REAL ? 2 : 1.3;
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

function text(x: number, y: number, content: string, anchor = 'start', colour = '#444'): string {
  return `<text x="${x}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
}
