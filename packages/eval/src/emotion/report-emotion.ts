import { type EmotionReport, INTENSITIES } from './evaluate-emotion.ts';
import { JUDGED } from './expression-judge.ts';
import { FACE_SHAPE, type FaceShape } from './face-change.ts';
import type { Resemblance } from './resemblance.ts';
import { SKIN_PLACES, type SkinTone } from './skin-tone.ts';

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
  lines.push(
    '',
    'What the composed face does, full intensity less neutral, hundredths of U:',
    '',
    ...shapeTable(report),
  );
  lines.push('', 'Emotion in one region: how far the rest moves, as a share of the region, the worst emotion:', '');
  lines.push(row(['region', 'elsewhere', 'same region, other side', 'worst']), row(['---', '---', '---', '---']));
  for (const { region, elsewhere, otherSide, worst } of report.leaks) {
    lines.push(row([region, figure(elsewhere), figure(otherSide), worst]));
  }
  if (report.resemblance) lines.push('', ...resemblanceTable(report.resemblance));
  return lines.join('\n');
}

/** Ours as composed; the tracker's own view of ours and of real clips stands below. */
function shapeTable(report: EmotionReport): string[] {
  return [
    row(['emotion', ...FACE_SHAPE]),
    row(['---', ...FACE_SHAPE.map(() => '---')]),
    ...report.rows.map(({ emotion, shape }) => row([emotion, ...shapeCells(shape)])),
  ];
}

function resemblanceTable({ people, portraits, rows, nearestReal, nearestOurs }: Resemblance): string[] {
  return [
    `Through the face tracker: ${portraits} portraits at full intensity beside ${people.length} real people, hundredths of U:`,
    '',
    row(['emotion', ...FACE_SHAPE]),
    row(['---', ...FACE_SHAPE.map(() => '---')]),
    ...rows.flatMap(({ emotion, shape, real }) => [
      row([`${emotion}, ours`, ...shapeCells(shape)]),
      row([`${emotion}, real`, ...shapeCells(real)]),
    ]),
    '',
    `Nearest real emotion of seven by these measures: ours right in ${figure(nearestOurs)}, one real person by the others in ` +
      `${figure(nearestReal)}. Fréchet distance of our coefficients:`,
    '',
    row(['emotion', 'ours to real', 'one real person to the others', 'real neutral to real', 'nearest is right']),
    row(['---', '---', '---', '---', '---']),
    ...rows.map(({ emotion, ours, between, neutral, nearest }) =>
      row([emotion, ...[ours, between, neutral, nearest].map(figure)]),
    ),
    '',
    'How much brighter the skin becomes, %, over the median place:',
    '',
    row(['emotion', ...SKIN_PLACES]),
    row(['---', ...SKIN_PLACES.map(() => '---')]),
    ...rows.flatMap(({ emotion, tone, realTone }) => [
      row([`${emotion}, ours`, ...toneCells(tone)]),
      row([`${emotion}, real`, ...toneCells(realTone)]),
    ]),
  ];
}

const toneCells = (tone: SkinTone) => SKIN_PLACES.map((name) => (100 * tone[name]).toFixed(0));
const shapeCells = (shape: FaceShape) => FACE_SHAPE.map((name) => (100 * shape[name]).toFixed(1));

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
