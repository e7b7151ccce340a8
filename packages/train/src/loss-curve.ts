/** The history of a run as a picture: loss over steps, on a logarithmic scale when it is positive. */
import sharp from 'sharp';
import type { HistoryEntry } from './checkpoint.ts';

const WIDTH = 960;
const HEIGHT = 540;
const MARGIN = { left: 80, right: 20, top: 40, bottom: 50 };

/** @returns a PNG. */
export async function drawLossCurve(history: readonly HistoryEntry[]): Promise<Uint8Array> {
  return sharp(new TextEncoder().encode(lossCurveSvg(history)))
    .png()
    .toBuffer();
}

interface Series {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly (readonly [step: number, loss: number])[];
}

/** The same picture as SVG text. */
export function lossCurveSvg(history: readonly HistoryEntry[]): string {
  const series: readonly Series[] = [
    { label: 'training', colour: '#1f77b4', points: pointsOf(history, (entry) => entry.training['loss']) },
    { label: 'validation', colour: '#d62728', points: pointsOf(history, (entry) => entry.validation?.['loss']) },
  ];
  const losses = series.flatMap(({ points }) => points.map(([, loss]) => loss));
  const logarithmic = losses.length > 0 && Math.min(...losses) > 0;
  const level = (loss: number) => (logarithmic ? Math.log10(loss) : loss);
  const low = Math.min(...losses.map(level), Infinity);
  const high = Math.max(...losses.map(level), -Infinity);
  const lastStep = Math.max(1, ...history.map(({ step }) => step));
  const x = (step: number) => MARGIN.left + (step / lastStep) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (height: number) => {
    const share = high > low ? (height - low) / (high - low) : 0.5;
    return HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom);
  };
  const ticks = losses.length === 0 ? [] : [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  const parts = [
    ...ticks.map((height) => {
      const value = logarithmic ? 10 ** height : height;
      const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(height)}" y2="${y(height)}" stroke="#ddd"/>`;
      return line + text(MARGIN.left - 8, y(height) + 5, value.toPrecision(3), 'end');
    }),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => {
      const step = Math.round(share * lastStep);
      return text(x(step), HEIGHT - MARGIN.bottom + 24, `${step}`, 'middle');
    }),
    ...series.map(({ colour, points }) => {
      const path = points.map(([step, loss]) => `${x(step).toFixed(1)},${y(level(loss)).toFixed(1)}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    }),
    ...series.map(({ label, colour, points }, i) => {
      const last = points.at(-1);
      const shown = last === undefined ? 'none' : last[1].toPrecision(4);
      return text(MARGIN.left + i * 240, 26, `${label}: ${shown}`, 'start', colour);
    }),
  ];
  const size = `width="${WIDTH}" height="${HEIGHT}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="#fff"/>${parts.join('')}</svg>`;
}

function pointsOf(history: readonly HistoryEntry[], lossOf: (entry: HistoryEntry) => number | undefined) {
  return history.flatMap((entry) => {
    const loss = lossOf(entry);
    return loss === undefined ? [] : [[entry.step, loss] as const];
  });
}

function text(x: number, y: number, content: string, anchor: string, colour = '#333'): string {
  const style = `font-family="sans-serif" font-size="15" text-anchor="${anchor}" fill="${colour}"`;
  return `<text x="${x}" y="${y}" ${style}>${content}</text>`;
}
