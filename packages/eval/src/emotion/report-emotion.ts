import { type EmotionReport, INTENSITIES } from './evaluate-emotion.ts';
import { JUDGED } from './expression-judge.ts';
import { FACE_SHAPE, type FaceShape, shapeDifference } from './face-change.ts';

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
    'p b m kept closed',
    'other closed frames',
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
        figure(each.otherClosedKept),
        each.gapCorrelation.toFixed(3),
        each.cornerTilt.toFixed(3),
      ]),
    );
  }
  lines.push('', 'What the face does, full intensity less neutral, hundredths of U:', '', ...shapeTable(report));
  lines.push('', 'Emotion in half of the face: movement of the other half, as a share of its own:', '');
  lines.push(row(['emotion', 'upper face → lips', 'lower face → brows and lids']), row(['---', '---', '---']));
  for (const { emotion, upperToLips, lowerToBrows } of report.leaks) {
    lines.push(row([emotion, figure(upperToLips), figure(lowerToBrows)]));
  }
  return lines.join('\n');
}

/** Ours beside real clips; those are held against the neutral clip of the same person (the name's first part). */
function shapeTable(report: EmotionReport): string[] {
  const cells = (shape: FaceShape) => FACE_SHAPE.map((name) => (100 * shape[name]).toFixed(1));
  const personOf = (name: string) => name.split('_')[0];
  const clips = report.real?.clips ?? [];
  const real = clips.flatMap((clip) => {
    const calm = clips.find(({ name, emotion }) => emotion === 'neutral' && personOf(name) === personOf(clip.name));
    if (calm === undefined || clip === calm) return [];
    return [row([`${clip.emotion}, real, ${personOf(clip.name)}`, ...cells(shapeDifference(clip.shape, calm.shape))])];
  });
  return [
    row(['emotion', ...FACE_SHAPE]),
    row(['---', ...FACE_SHAPE.map(() => '---')]),
    ...report.rows.map(({ emotion, shape }) => row([`${emotion}, ours`, ...cells(shape)])),
    ...real.sort(),
  ];
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
