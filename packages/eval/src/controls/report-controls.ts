import { ARTICULATIONS, type Articulation } from '@pctalk/core';
import { describeControls } from '../lips/control-sync.ts';
import { EDITED_MEASURES, type EditedMeasure, OWN_MEASURE } from './control-figures.ts';
import type { ControlReport } from './evaluate-controls.ts';

const NAMES: Readonly<Record<EditedMeasure, string>> = { gap: 'opening', protrusion: 'protrusion', width: 'width' };

/** The report as Markdown. */
export function describeControlReport(report: ControlReport): string {
  const { natural, stillness } = report;
  const others = (own: EditedMeasure) => EDITED_MEASURES.filter((name) => name !== own);
  const edits = report.edits.map(({ movement, scale, size, gain, leak, change, closuresKept }) => {
    const own = OWN_MEASURE[movement];
    const leaks = others(own).map((name) => `${NAMES[name]} ${leak[name].toFixed(2)}`);
    const ratios = others(own).map((name) => `${NAMES[name]} ${(change[name] / change[own]).toFixed(2)}`);
    return `| ${movement} ${scale} | ${size.toFixed(2)} | ${gain[own].toFixed(2)} | ${leaks.join(', ')} | ${ratios.join(', ')} | ${percent(closuresKept)} |`;
  });
  const scales = report.scales.map(
    ({ scale, gain, shape, closuresKept, brows, eyes, yaw }) =>
      `| ${scale} | ${gain.toFixed(3)} | ${Number.isNaN(shape) ? '–' : shape.toFixed(3)} | ${percent(closuresKept)} | ${brows.toFixed(4)} | ${eyes.toFixed(4)} | ${yaw.toFixed(2)}° |`,
  );
  return [
    '## Articulation on drawn frames',
    '',
    `Standard deviations in natural speech: ${EDITED_MEASURES.map((name) => `${NAMES[name]} ${natural[name].toFixed(4)} U`).join(', ')}.`,
    '',
    '| edit | spread of its own measure over unedited | slope | others along with it, in their std | root mean square of others over own | closures kept, least |',
    '|---|---|---|---|---|---|',
    ...edits,
    '',
    '## Lip scale on drawn frames',
    '',
    '| scale | gain | least r of the gap with scale 1 | closures kept, least | brows moved, U | lids, U | yaw |',
    '|---|---|---|---|---|---|---|',
    ...scales,
    '',
    `Gain as a straight line of the scale: R² ${report.linearity.toFixed(4)}, ${percent(report.rising)} of steps rise.`,
    `Same speech, other portrait: r of the gap ${report.gapAcross.toFixed(3)}, of the width ${report.widthAcross.toFixed(3)}, the least.`,
    `Lips lead the sound by ${report.leads.join(', ')} frames (sync judge, one a take).`,
    `In silence (${stillness.frames} frames): lips move in ${percent(stillness.moving)}, speed ${stillness.speed.toFixed(3)} of that in speech, jitter ${stillness.jitter.toFixed(4)}.`,
    '',
    '## Where sync holds',
    '',
    describeControls(report.sync),
  ].join('\n');
}

const [WIDTH, HEIGHT, MARGIN] = [640, 300, 50] as const;
const COLOURS: Readonly<Record<Articulation, string>> = { opening: '#1f77b4', pursing: '#d62728', widening: '#2ca02c' };

/** Own measures of the three edits, and the gain of the lip scale, over the scale: an SVG picture. */
export function drawControlReport({ edits, scales }: ControlReport): string {
  const x = (scale: number) => MARGIN + (scale / 1.6) * (WIDTH - 2 * MARGIN);
  const y = (gain: number) => HEIGHT - MARGIN - (gain / 1.8) * (HEIGHT - 2 * MARGIN);
  const line = (points: readonly (readonly [number, number])[], colour: string) =>
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' ')}"/>`;
  const label = (text: string, at: number, colour: string) =>
    `<text x="${MARGIN + 8}" y="${MARGIN + 16 * at}" fill="${colour}">${text}</text>`;
  const ticks = [0, 0.5, 1, 1.5].map(
    (t) =>
      `<text x="${x(t)}" y="${HEIGHT - MARGIN + 18}" text-anchor="middle">${t}</text><text x="${MARGIN - 8}" y="${y(t) + 4}" text-anchor="end">${t}</text><path d="M${x(0)} ${y(t)}H${x(1.6)}M${x(t)} ${y(0)}V${y(1.8)}" stroke="#ddd"/>`,
  );
  const own = ARTICULATIONS.map((movement) => {
    const points = edits.filter((edit) => edit.movement === movement).map(({ scale, size }) => [scale, size] as const);
    const all = [...points, [1, 1] as const].sort(([a], [b]) => a - b);
    return line(all, COLOURS[movement]);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>What lip scale and articulation do to drawn lips</title>
<rect width="100%" height="100%" fill="#fff"/>
${ticks.join('\n')}
${line(
  scales.map(({ scale, gain }) => [scale, gain] as const),
  '#555',
)}
${own.join('\n')}
${[label('lip scale: gain', 0, '#555'), ...ARTICULATIONS.map((name, i) => label(`${name}: spread of its measure`, i + 1, COLOURS[name]))].join('\n')}
</svg>
`;
}

function percent(x: number): string {
  return `${(100 * x).toFixed(0)} %`;
}
