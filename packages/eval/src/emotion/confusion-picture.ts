import sharp from 'sharp';
import type { Confusion } from './emotion-figures.ts';
import { JUDGED } from './expression-judge.ts';

const CELL = 74;
const LEFT = 120;
const TOP = 80;
const GAP = 40;

/** Draws confusion matrices side by side, each row shaded by its share. @returns PNG. */
export async function drawConfusions(
  matrices: readonly { readonly title: string; readonly confusion: Confusion }[],
): Promise<Uint8Array> {
  const panel = LEFT + JUDGED.length * CELL + GAP;
  const width = panel * matrices.length;
  const height = TOP + Math.max(...matrices.map(({ confusion }) => confusion.rows.length)) * CELL + GAP;
  const body = matrices.map(({ title, confusion }, i) => drawMatrix(title, confusion, i * panel)).join('');
  const size = `width="${width}" height="${height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="#fff"/>${body}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

function drawMatrix(title: string, { rows, counts }: Confusion, left: number): string {
  const parts = [text(left + LEFT, 28, title, 'start', '#000', 18)];
  JUDGED.forEach((name, column) => {
    parts.push(text(left + LEFT + (column + 0.5) * CELL, TOP - 10, name, 'middle'));
  });
  rows.forEach((name, row) => {
    const y = TOP + row * CELL;
    const all = counts[row]!.reduce((sum, count) => sum + count, 0);
    parts.push(text(left + LEFT - 10, y + CELL / 2 + 5, name, 'end'));
    counts[row]!.forEach((count, column) => {
      const share = all === 0 ? 0 : count / all;
      const x = left + LEFT + column * CELL;
      const shade = Math.round(255 - 190 * share);
      const outline = JUDGED[column] === name ? ' stroke="#c22" stroke-width="2"' : ' stroke="#ddd"';
      const fill = `rgb(${shade},${Math.round(255 - 110 * share)},255)`;
      parts.push(`<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${fill}"${outline}/>`);
      if (count > 0) parts.push(text(x + CELL / 2, y + CELL / 2 + 5, `${count}`, 'middle'));
    });
  });
  return parts.join('');
}

function text(x: number, y: number, content: string, anchor: string, colour = '#222', size = 14): string {
  return `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
}
