import { uniformAt } from '../math/random.ts';
import { smoothstep } from '../math/smoothstep.ts';
import type { MouthPalette } from './mouth-palette.ts';

/** A painted patch of the mouth in the head frame: packed premultiplied RGBA over a rectangle. */
export interface Layer {
  /** Left and upper edge relative to the middle of the mouth and the lip line, U. */
  readonly left: number;
  readonly top: number;
  /** Samples per U. */
  readonly density: number;
  readonly width: number;
  readonly height: number;
  readonly samples: Uint32Array;
}

/** Widths of the teeth from the middle outwards as seen from the front, U. */
const UPPER_WIDTHS = [0.094, 0.068, 0.064, 0.047, 0.034, 0.024] as const;
const LOWER_WIDTHS = [0.058, 0.06, 0.062, 0.05, 0.038, 0.028] as const;
/** How far each upper tooth's edge ends above the central incisors', and how tall its crown is, U. */
const UPPER_EDGES = [0, 0.008, 0.002, 0.01, 0.016, 0.022] as const;
const LOWER_EDGES = [0.002, 0, -0.004, 0.006, 0.012, 0.018] as const;
const UPPER_CROWN = 0.112;
const LOWER_CROWN = 0.095;

/** Paints the upper row: x from the middle, y from the lip line; `edge` is where the central incisors end. */
export function paintUpperTeeth(
  palette: MouthPalette,
  edge: number,
  density: number,
  grain: number,
  crown: number = UPPER_CROWN,
): Layer {
  return paintLayer(-0.4, edge - 0.2, 0.8, 0.21, density, grain, (x, y) => {
    const tooth = toothAt(x, UPPER_WIDTHS);
    const end = edge - UPPER_EDGES[tooth.index]! + palette.detail * irregular(tooth.index, tooth.side) * 0.0035;
    const fromEdge = end - y - palette.detail * cornerCut(tooth.across, 0.0085);
    return toothColour(palette, tooth, fromEdge, crown - UPPER_EDGES[tooth.index]!);
  });
}

/** Paints the lower row hanging on the jaw: `edge` is where the incisors begin. */
export function paintLowerTeeth(palette: MouthPalette, edge: number, density: number, grain: number): Layer {
  return paintLayer(-0.36, edge - 0.012, 0.72, 0.16, density, grain, (x, y) => {
    const tooth = toothAt(x, LOWER_WIDTHS);
    const begin = edge + LOWER_EDGES[tooth.index]! + irregular(tooth.index + 7, tooth.side) * 0.006;
    const fromEdge = y - begin - cornerCut(tooth.across, 0.006);
    const colour = toothColour(palette, tooth, fromEdge, LOWER_CROWN);
    return [colour[0] * 0.86, colour[1] * 0.84, colour[2] * 0.81, colour[3]];
  });
}

/** Paints the tongue, a soft dome that rises behind the lower teeth. @param top its highest place, from the lip line, U. */
export function paintTongue(palette: MouthPalette, top: number, density: number, grain: number): Layer {
  return paintLayer(-0.27, top - 0.015, 0.54, 0.46, density, grain, (x, y) => {
    const below = y - top - 1.1 * x * x;
    const inside = smoothstep(below / 0.035 + 0.4) * smoothstep((0.27 - Math.abs(x)) / 0.08);
    const groove =
      1 - 0.14 * Math.exp(-((x / 0.026) ** 2)) * smoothstep(below / 0.04) * smoothstep((0.2 - below) / 0.12);
    // The back lies in shadow, the middle catches the light, the tip bends away under the teeth.
    const light = 0.5 + 0.5 * smoothstep(below / 0.09) - 0.2 * smoothstep((below - 0.1) / 0.1);
    const bumps = 1 + palette.detail * 0.05 * (uniformAt(0, Math.floor(x * 120), Math.floor(y * 120)) - 0.5);
    const k = light * bumps * groove * (1 - 3.5 * x * x);
    return [palette.tongue[0] * k, palette.tongue[1] * k, palette.tongue[2] * k, inside];
  });
}

interface ToothPlace {
  readonly index: number;
  readonly side: number;
  /** −1 … 1 across the tooth. */
  readonly across: number;
}

function toothAt(x: number, widths: readonly number[]): ToothPlace {
  let rest = Math.abs(x);
  const side = x < 0 ? -1 : 1;
  for (let index = 0; index < widths.length; index++) {
    const width = widths[index]! * (1 + 0.03 * irregular(index + 3, side));
    if (rest < width || index === widths.length - 1)
      return { index, side, across: Math.min(1, (rest / width) * 2 - 1) };
    rest -= width;
  }
  return { index: widths.length - 1, side, across: 1 };
}

/** Colour and coverage of a tooth `fromEdge` U away from its biting edge. */
function toothColour(
  palette: MouthPalette,
  tooth: ToothPlace,
  fromEdge: number,
  crown: number,
): readonly [number, number, number, number] {
  const cover = smoothstep(fromEdge / 0.006 + 0.5);
  const up = Math.max(0, fromEdge) / crown;
  const gumLine = smoothstep((up - 1 + 0.12 * tooth.across * tooth.across) / 0.08);
  const gap = Math.exp(-(((1 - Math.abs(tooth.across)) / 0.1) ** 2));
  const { detail } = palette;
  const round = 1 - detail * (0.1 * tooth.across * tooth.across + 0.16 * gap * (0.6 + 0.4 * up));
  const shade = round * (1 - 0.055 * tooth.index) * (1 + detail * 0.035 * irregular(tooth.index + 11, tooth.side));
  // The biting edge is translucent (darker, cooler), the neck warmer.
  const translucent = detail * 0.1 * (1 - smoothstep(fromEdge / 0.02));
  const warm = detail * 0.09 * smoothstep((up - 0.25) / 0.6);
  const r = palette.tooth[0] * shade * (1 - translucent);
  const g = palette.tooth[1] * shade * (1 - translucent * 0.9) * (1 - warm * 0.5);
  const b = palette.tooth[2] * shade * (1 - translucent * 0.8) * (1 - warm * 1.2);
  return [
    r + (palette.gum[0] - r) * gumLine,
    g + (palette.gum[1] - g) * gumLine,
    b + (palette.gum[2] - b) * gumLine,
    cover,
  ];
}

/** How much the corners of the biting edge are rounded off, U. */
function cornerCut(across: number, depth: number): number {
  const a = Math.abs(across);
  return depth * a * a * a * a * a;
}

/** A fixed irregularity per tooth and side, −1 … 1. */
function irregular(index: number, side: number): number {
  return 2 * uniformAt(0, index * 2 + (side > 0 ? 1 : 0), 17) - 1;
}

/** Lays a second picture over a layer; `sample` gives R, G, B (0–255) and coverage (0–1) at a place in U. */
export function overlayLayer(
  layer: Layer,
  sample: (x: number, y: number) => readonly [number, number, number, number],
): Layer {
  const samples = layer.samples.slice();
  const bytes = new Uint8ClampedArray(samples.buffer);
  for (let j = 0; j < layer.height; j++) {
    for (let i = 0; i < layer.width; i++) {
      const over = sample(layer.left + i / layer.density, layer.top + j / layer.density);
      const p = (j * layer.width + i) * 4;
      for (let c = 0; c < 3; c++) bytes[p + c] = bytes[p + c]! * (1 - over[3]) + over[c]! * over[3];
      bytes[p + 3] = bytes[p + 3]! * (1 - over[3]) + 255 * over[3];
    }
  }
  return { ...layer, samples };
}

/** Takes a layer away where it is not wanted; `keep` gives the share that stays (0–1) at a place in U. */
export function fadeLayer(layer: Layer, keep: (x: number, y: number) => number): Layer {
  const samples = layer.samples.slice();
  const bytes = new Uint8ClampedArray(samples.buffer);
  for (let k = 0; k < samples.length; k++) {
    const i = k % layer.width;
    const share = keep(layer.left + i / layer.density, layer.top + (k - i) / layer.width / layer.density);
    for (let p = k * 4; p < k * 4 + 4; p++) bytes[p] = bytes[p]! * share;
  }
  return { ...layer, samples };
}

/** Samples a colour function with 3 × 3 points a sample; `paint` gives R, G, B (0–255) and coverage (0–1). */
function paintLayer(
  left: number,
  top: number,
  width: number,
  height: number,
  density: number,
  grain: number,
  paint: (x: number, y: number) => readonly number[],
): Layer {
  const columns = Math.ceil(width * density) + 2;
  const rows = Math.ceil(height * density) + 2;
  const bytes = new Uint8ClampedArray(columns * rows * 4);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const sum = [0, 0, 0, 0];
      for (let k = 0; k < 9; k++) {
        const x = left + (i + ((k % 3) - 1) / 3) / density;
        const y = top + (j + (Math.floor(k / 3) - 1) / 3) / density;
        const colour = paint(x, y);
        const edge = i === 0 || j === 0 || i === columns - 1 || j === rows - 1 ? 0 : colour[3]! / 9;
        for (let c = 0; c < 3; c++) sum[c]! += Math.min(255, colour[c]!) * edge;
        sum[3]! += 255 * edge;
      }
      const noise = ((grain * 1.7 * (uniformAt(0, i, j) + uniformAt(0, i + 31, j + 7) - 1)) / 0.41) * (sum[3]! / 255);
      for (let c = 0; c < 3; c++) sum[c]! += noise;
      bytes.set(sum, (j * columns + i) * 4);
    }
  }
  return { left, top, density, width: columns, height: rows, samples: new Uint32Array(bytes.buffer) };
}
