import { ARTICULATIONS, type Articulation } from '@pctalk/core';
import { LIP_EDIT_MEASURES, type LipEditMeasure, OWN_MEASURE } from './control-figures.ts';
import { describeControls } from './control-sync.ts';
import type { ControlReport, EditRow } from './evaluate-controls.ts';
import type { RealLips } from './real-lips.ts';

const NAMES: Readonly<Record<LipEditMeasure, string>> = {
  gap: 'opening',
  lipHeight: 'lip height',
  width: 'width',
  protrusion: 'protrusion',
};

/** The report as Markdown. */
export function describeControlReport(report: ControlReport): string {
  const { natural, stillness, linearity, across, trackerReads, real } = report;
  const scales = report.scales.map(
    ({ scale, gain, composedGain, gainPerWidth, shape, composedShape, closuresKept, brows, eyes, yaw }) =>
      `| ${scale} | ${gain.toFixed(3)} | ${composedGain.toFixed(3)} | ${gainPerWidth.toFixed(3)} | ${orDash(shape)} | ${orDash(composedShape)} | ${percent(closuresKept)} | ${brows.toFixed(4)} | ${eyes.toFixed(4)} | ${yaw.toFixed(2)}° |`,
  );
  const deviations = (kind: 'tracked' | 'composed') =>
    LIP_EDIT_MEASURES.map((name) => `${NAMES[name]} ${natural[kind][name].toFixed(4)}`).join(', ');
  return [
    '## Articulation on drawn frames',
    '',
    `Standard deviations in natural speech, U: tracked ${deviations('tracked')}; composed ${deviations('composed')}.`,
    `Least r of what the tracker reads with what was composed: height of the outer contour ${trackerReads.height.toFixed(3)}, gap ${trackerReads.gap.toFixed(3)}, width ${trackerReads.width.toFixed(3)}.`,
    ...(real === undefined ? [] : [describeReal(real)]),
    '',
    '| edit | own measure as composed: spread over unedited | others along with it, composed, in their std | own measure as tracked: spread | follows the unedited | others along with it, tracked | root mean square of others over own, tracked | closures kept, least |',
    '|---|---|---|---|---|---|---|---|',
    ...report.edits.map(describeEdit),
    '',
    '## Lip scale on drawn frames',
    '',
    '| scale | gain of the outer height, tracked | composed | of height ÷ width, tracked | least r of the gap with scale 1, tracked | composed | closures kept, least | brows moved, U | lids, U | yaw |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...scales,
    '',
    `Gain as a straight line of the scale, R²: ${linearity.gain.toFixed(4)} tracked, ${linearity.composedGain.toFixed(4)} composed, ${linearity.gainPerWidth.toFixed(4)} of height ÷ width; ${percent(report.rising)} of steps rise.`,
    `Same speech, other portrait, least r: gap ${across.gap.toFixed(3)} tracked, ${across.composedGap.toFixed(3)} composed; width ${across.width.toFixed(3)} tracked, ${across.composedWidth.toFixed(3)} composed.`,
    `Lips lead the sound by ${report.leads.join(', ')} frames (sync judge, one a take).`,
    `In silence (${stillness.frames} frames): lips move in ${percent(stillness.moving)}, speed ${stillness.speed.toFixed(3)} of that in speech, jitter ${stillness.jitter.toFixed(4)}.`,
    '',
    '## Where sync holds',
    '',
    describeControls(report.sync),
  ].join('\n');
}

function describeEdit(edit: EditRow): string {
  const own = OWN_MEASURE[edit.movement];
  const others = LIP_EDIT_MEASURES.filter((name) => name !== own);
  const each = (value: (name: LipEditMeasure) => number) =>
    others.map((name) => `${NAMES[name]} ${value(name).toFixed(2)}`).join(', ');
  const cells = [
    `${edit.movement} ${edit.scale}`,
    edit.composedSize.toFixed(2),
    each((name) => edit.composedLeak[name]),
    edit.size.toFixed(2),
    edit.follows.toFixed(2),
    each((name) => edit.leak[name]),
    each((name) => edit.change[name] / edit.change[own]),
    percent(edit.closuresKept),
  ];
  return `| ${cells.join(' | ')} |`;
}

function describeReal({ clips, widthWithGap, protrusionWithGap, rounded }: RealLips): string {
  const together = `Real people, tracked (${clips} clips): with one standard deviation of the gap go ${widthWithGap.toFixed(2)} of the width and ${protrusionWithGap.toFixed(2)} of the protrusion.`;
  if (rounded === undefined) return together;
  const { frames, lipHeight, width, protrusion, lipHeightTells, widthTells, protrusionTells } = rounded;
  return `${together} Rounded vowels and w against other vowels at the same gap (${frames} frames): lips ${lipHeight.toFixed(4)} U higher (d' ${lipHeightTells.toFixed(2)}), mouth ${(-width).toFixed(4)} U narrower (d' ${(-widthTells).toFixed(2)}), ${protrusion.toFixed(4)} U further forward (d' ${protrusionTells.toFixed(2)}).`;
}

function orDash(x: number): string {
  return Number.isNaN(x) ? '–' : x.toFixed(3);
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
    const points = edits
      .filter((edit) => edit.movement === movement)
      .map(({ scale, follows }) => [scale, follows] as const);
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
${[label('lip scale: gain', 0, '#555'), ...ARTICULATIONS.map((name, i) => label(`${name}: how far its measure follows`, i + 1, COLOURS[name]))].join('\n')}
</svg>
`;
}

function percent(x: number): string {
  return Number.isNaN(x) ? '–' : `${(100 * x).toFixed(0)} %`;
}
