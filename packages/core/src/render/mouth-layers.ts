import { uniformAt } from '../math/random.ts';
import { smoothstep } from '../math/smoothstep.ts';
import type { PhotoTone, Rgb } from './photo-tone.ts';
import { luma } from './photo-tone.ts';

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

/** Colours of the mouth in the photo's light, 0–255. */
export interface MouthPalette {
  readonly tooth: Rgb;
  readonly gum: Rgb;
  readonly tongue: Rgb;
  readonly cavity: Rgb;
}

/** Widths of the teeth from the middle outwards as seen from the front, U. */
const UPPER_WIDTHS = [0.094, 0.068, 0.064, 0.047, 0.034, 0.024] as const;
const LOWER_WIDTHS = [0.058, 0.06, 0.062, 0.05, 0.038, 0.028] as const;
/** How far each upper tooth's edge ends above the central incisors', and how tall its crown is, U. */
const UPPER_EDGES = [0, 0.008, 0.002, 0.01, 0.016, 0.022] as const;
const LOWER_EDGES = [0.002, 0, -0.004, 0.006, 0.012, 0.018] as const;
const UPPER_CROWN = 0.112;
const LOWER_CROWN = 0.095;

/** R, G, B over luma of skin in white light; nearly the same for dark and light skin. */
const SKIN_CHROMA = [1.24, 0.95, 0.79] as const;

const COOLEST = [1, 0.95, 0.82] as const;
const WARMEST = [1.13, 1, 0.99] as const;

/**
 * The mouth's colours: teeth take their brightness from the whites of the eyes, held near the skin's so that shaded,
 * painted or covered eyes neither darken nor bleach them, and the tint of the light from skin and whites together.
 */
export function choosePalette(tone: PhotoTone): MouthPalette {
  const skinLuma = Math.max(20, luma(tone.skin));
  const scleraLuma = Math.max(10, luma(tone.sclera));
  const brightness = clamp(scleraLuma * 1.15, Math.min(skinLuma * 1.15 + 42, 232), Math.min(skinLuma * 1.25 + 55, 240));
  const channels = [0, 1, 2] as const;
  const saturation = clamp(
    (Math.max(...tone.skin) - Math.min(...tone.skin)) / (0.3 * Math.max(...tone.skin) + 1),
    0,
    1,
  );
  const cast = channels.map((c) => {
    const fromSkin = tone.skin[c] / skinLuma / (1 + (SKIN_CHROMA[c] - 1) * saturation);
    // Teeth cooler than the light look dead: the tint may only be warm.
    return clamp(0.6 * fromSkin + (0.4 * tone.sclera[c]) / scleraLuma, COOLEST[c], WARMEST[c]);
  }) as unknown as Rgb;
  const ivory = [1.04, 0.99, 0.9] as const;
  const tooth = channels.map(
    (c) => brightness * (1 + (ivory[c] * cast[c] - 1) * (0.1 + 0.9 * saturation)),
  ) as unknown as Rgb;
  const light = clamp(brightness / 205, 0.35, 1.08);
  const redness = clamp((Math.max(...tone.lips) - Math.min(...tone.lips)) / (0.36 * Math.max(...tone.lips) + 1), 0, 1);
  const flesh = (r: number, g: number, b: number): Rgb => {
    const grey = (r + g + b) / 3;
    return [r, g, b].map((v, c) => (grey + (v - grey) * redness) * light * cast[c]!) as unknown as Rgb;
  };
  return { tooth, gum: flesh(188, 108, 104), tongue: flesh(178, 98, 96), cavity: flesh(74, 30, 27) };
}

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
    const end = edge - UPPER_EDGES[tooth.index]! + irregular(tooth.index, tooth.side) * 0.003;
    const fromEdge = end - y - cornerCut(tooth.across, 0.0085);
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
    return [colour[0] * 0.88, colour[1] * 0.87, colour[2] * 0.86, colour[3]];
  });
}

/** Paints the tongue, a soft dome resting behind the lower teeth. */
export function paintTongue(palette: MouthPalette, density: number, grain: number): Layer {
  return paintLayer(-0.27, -0.09, 0.54, 0.4, density, grain, (x, y) => {
    const below = y - (-0.075 + 1.25 * x * x);
    const inside = smoothstep(below / 0.02) * smoothstep((0.27 - Math.abs(x)) / 0.05);
    const groove =
      1 - 0.16 * Math.exp(-((x / 0.022) ** 2)) * smoothstep(below / 0.05) * smoothstep((0.2 - below) / 0.12);
    // The back lies in shadow, the middle catches the light, the tip bends away under the teeth.
    const light = 0.58 + 0.5 * smoothstep(below / 0.07) - 0.16 * smoothstep((below - 0.1) / 0.1);
    const bumps = 1 + 0.06 * (uniformAt(0, Math.floor(x * 120), Math.floor(y * 120)) - 0.5);
    const k = light * bumps * groove * (1 - 1.6 * x * x);
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
  const gap = Math.exp(-(((1 - Math.abs(tooth.across)) / 0.09) ** 2));
  const round = 1 - 0.1 * tooth.across * tooth.across - 0.12 * gap * (0.5 + 0.5 * up);
  const shade = round * (1 - 0.05 * tooth.index) * (1 + 0.025 * irregular(tooth.index + 11, tooth.side));
  // The biting edge is translucent (darker, cooler), the neck warmer.
  const translucent = 0.06 * (1 - smoothstep(fromEdge / 0.02));
  const warm = 0.07 * smoothstep((up - 0.35) / 0.6);
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

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, Math.min(low, high)), Math.max(low, high));
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
