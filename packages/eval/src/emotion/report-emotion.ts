import { type EmotionReport, INTENSITIES } from './evaluate-emotion.ts';
import { JUDGED } from './expression-judge.ts';

/** The report as Markdown. */
export function describeEmotionReport(report: EmotionReport): string {
  const lines: string[] = [];
  if (report.real) {
    lines.push(`Judge on ${report.real.clips.length} real clips: accuracy ${figure(report.real.accuracy)}.`, '');
    lines.push(...clipTable(report.real.clips), '');
  }
  const steps = report.demo?.filter(({ name }) => name.startsWith('intense'));
  if (steps && steps.length > 0) lines.push("PC-Talk's clips of rising anger:", '', ...clipTable(steps), '');
  const left = report.leftOut.length === 0 ? '' : `; left out, since not judged neutral: ${report.leftOut.join(', ')}`;
  lines.push(
    `Ours: ${report.portraits.length} portraits${left}. Accuracy at full intensity ${figure(report.accuracy)}.`,
    '',
  );
  const columns = [
    'emotion',
    'accuracy',
    ...INTENSITIES.map((intensity) => `P at ${intensity}`),
    'rising ρ, mean',
    'ρ, each portrait',
    'closures kept',
    'gap r',
    'corner tilt, U',
  ];
  lines.push(row(columns), row(columns.map(() => '---')));
  for (const each of report.rows) {
    lines.push(
      row([
        each.emotion,
        figure(each.accuracy),
        ...each.probabilities.map(figure),
        figure(each.rising),
        figure(each.risingEach),
        figure(each.closuresKept),
        each.gapCorrelation.toFixed(3),
        each.cornerTilt.toFixed(3),
      ]),
    );
  }
  return lines.join('\n');
}

function clipTable(clips: NonNullable<EmotionReport['demo']>): string[] {
  return [
    row(['clip', ...JUDGED]),
    row(['---', ...JUDGED.map(() => '---')]),
    ...clips.map(({ name, probabilities }) => row([name, ...Array.from(probabilities, figure)])),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function figure(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}
