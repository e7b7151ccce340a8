import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { curvesOfTrack, KEYPOINT_COUNT, type MeshBasis, PcTalkError } from '@pctalk/core';
import { correlation } from '../lips/lip-figures.ts';

/** What tracked lips of real people do together: what an edit may be held against. */
export interface RealLips {
  readonly clips: number;
  /** r of the gap with others, mean over clips: standard deviations of each that go along with one of the gap. */
  readonly widthWithGap: number;
  readonly protrusionWithGap: number;
  /** Present if phones are known. */
  readonly rounded?: RoundedVowels;
}

/** Rounded vowels and w against other vowels at the same gap, U; and how well each tells them apart, d'. */
export interface RoundedVowels {
  readonly frames: number;
  readonly lipHeight: number;
  readonly width: number;
  readonly protrusion: number;
  readonly lipHeightTells: number;
  readonly widthTells: number;
  readonly protrusionTells: number;
}

type Phones = Readonly<Record<string, { readonly phones: readonly (readonly [number, number, string])[] }>>;

const ROUNDED = ['UW', 'OW', 'W', 'AO'];
const OTHERS = ['IY', 'IH', 'EY', 'AE', 'EH', 'AA', 'AY', 'AH', 'AW'];
const LEAST_FRAMES = 72;
const FPS = 25;
/** Frames count as of the same gap within so much, U; fewer on one side than this say nothing. */
const SAME_GAP = 0.02;
const ENOUGH = 15;

interface Row {
  readonly gap: number;
  readonly lipHeight: number;
  readonly width: number;
  readonly protrusion: number;
}

/** @throws `usage` if the file is missing or no JSON. */
function readPhones(path: string): Phones {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Phones;
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new PcTalkError('usage', `--phones ${path}: expected phones by clip (JSON), got ${got}`, { cause });
  }
}

/**
 * Reads tracks and measures them, each clip about its own median.
 * @param tracks folder of ID.f32 (`[frames × 478 × 3]`, pixels). @param phones JSON by ID, as GRID's phones.json.
 */
export function measureRealLips(basis: MeshBasis, tracks: string, phones?: string): RealLips {
  const said: Phones = phones === undefined ? {} : readPhones(phones);
  const [rounded, others]: [Row[], Row[]] = [[], []];
  const together = { width: [] as number[], protrusion: [] as number[] };
  for (const file of readdirSync(tracks).sort()) {
    if (!file.endsWith('.f32')) continue;
    const bytes = readFileSync(join(tracks, file));
    const points = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    if (points.length < LEAST_FRAMES * KEYPOINT_COUNT * 3) continue;
    const rows = rowsOf(basis, points);
    // Frames in which the face was lost have no measures.
    if (rows.gap.some(Number.isNaN)) continue;
    for (const name of ['width', 'protrusion'] as const) together[name].push(correlation(rows.gap, rows[name], 0));
    for (const [start, end, phone] of said[file.slice(0, -4)]?.phones ?? []) {
      const group = ROUNDED.includes(phone) ? rounded : OTHERS.includes(phone) ? others : undefined;
      for (let t = Math.ceil(start * FPS); group !== undefined && t < Math.min(end * FPS, rows.gap.length); t++) {
        group.push({
          gap: rows.gap[t]!,
          lipHeight: rows.lipHeight[t]!,
          width: rows.width[t]!,
          protrusion: rows.protrusion[t]!,
        });
      }
    }
  }
  return {
    clips: together.width.length,
    widthWithGap: mean(together.width),
    protrusionWithGap: mean(together.protrusion),
    ...(rounded.length > 0 && others.length > 0 && { rounded: compareRounded(rounded, others) }),
  };
}

function rowsOf(basis: MeshBasis, points: Float32Array): Readonly<Record<keyof Row, Float32Array>> {
  const { opening, outer, width, protrusion } = curvesOfTrack(basis, points);
  const gap = opening.map((x, t) => x * width[t]!);
  const centred = (curve: Float32Array) => {
    const middle = curve.slice().sort()[curve.length >> 1]!;
    return curve.map((x) => x - middle);
  };
  return {
    gap: centred(gap),
    lipHeight: centred(outer.map((x, t) => x * width[t]! - gap[t]!)),
    width: centred(width),
    protrusion: centred(protrusion),
  };
}

function compareRounded(rounded: readonly Row[], others: readonly Row[]): RoundedVowels {
  const bins = new Map<number, [Row[], Row[]]>();
  for (const [side, rows] of [rounded, others].entries()) {
    for (const row of rows) {
      const bin = Math.floor(row.gap / SAME_GAP);
      if (!bins.has(bin)) bins.set(bin, [[], []]);
      bins.get(bin)![side]!.push(row);
    }
  }
  const usable = [...bins.values()].filter((sides) => sides.every((rows) => rows.length >= ENOUGH));
  const frames = usable.reduce((sum, [a]) => sum + a.length, 0);
  const compared = (name: Exclude<keyof Row, 'gap'>) => {
    let [apart, within] = [0, 0];
    for (const [a, b] of usable) {
      const [x, y] = [a, b].map((rows) => rows.map((row) => row[name])) as [number[], number[]];
      apart += (a.length / frames) * (mean(x) - mean(y));
      within += (a.length / frames) * ((variance(x) + variance(y)) / 2);
    }
    return { apart, tells: apart / Math.sqrt(within) };
  };
  const [lipHeight, width, protrusion] = [compared('lipHeight'), compared('width'), compared('protrusion')];
  return {
    frames,
    lipHeight: lipHeight.apart,
    width: width.apart,
    protrusion: protrusion.apart,
    lipHeightTells: lipHeight.tells,
    widthTells: width.tells,
    protrusionTells: protrusion.tells,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / values.length;
}
