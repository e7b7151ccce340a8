import {
  curvesOfLips,
  KEYPOINT_COUNT,
  type LipCurves,
  type MeshBasis,
  readLipMeasures,
  type SourceTrack,
  type StyleReader,
} from '@pctalk/core';
import { spearman } from '../emotion/emotion-figures.ts';
import { type DrawnSpeaker, trackDrawn } from './drawn-lips.ts';
import type { LacModel } from './lac-model.ts';
import type { RealClip } from './lip-corpus.ts';
import { deviation, median } from './lip-figures.ts';

/** What is characteristic of somebody's lips. */
export const STYLE_TRAITS = ['median opening', 'width ÷ opening', 'speed'] as const;
export type StyleTrait = (typeof STYLE_TRAITS)[number];

/** Rank correlations over clips. */
export interface StyleFollowing {
  readonly clips: number;
  /** Of our lips in the clip's own style with the clip. */
  readonly own: Readonly<Record<StyleTrait, number>>;
  /** Of our lips in the style of another clip with the clip, mean of all ways round: chance, and what the sound alone tells. */
  readonly shuffled: Readonly<Record<StyleTrait, number>>;
}

/** Frames the style encoder needs. */
const REFERENCE_FRAMES = 100;

/** Speaks the sound of real clips in the style read off each, and in those of the others. */
export async function followStyles(
  all: readonly RealClip[],
  lac: LacModel,
  reader: StyleReader,
  basis: MeshBasis,
): Promise<StyleFollowing> {
  const clips = all.filter(({ curves }) => curves.opening.length >= REFERENCE_FRAMES);
  const styles: Float32Array[] = [];
  for (const { landmarks } of clips) styles.push(await reader.read(readLipMeasures(trackOf(landmarks), basis)));
  const real = clips.map(({ curves }) => traitsOf(curves));
  // said[shift][clip]: the sound of a clip in the style of the clip `shift` further on.
  const shifts = [...clips.keys()];
  const said: Record<StyleTrait, number>[][] = [];
  for (const shift of shifts) {
    const row = [];
    for (const [i, { samples }] of clips.entries()) {
      const lips = await lac.lips(samples, styles[(i + shift) % clips.length]!);
      row.push(traitsOf(curvesOfLips(basis, lips)));
    }
    said.push(row);
  }
  const ranks = (shift: number, trait: StyleTrait) =>
    spearman(
      real.map((traits) => traits[trait]),
      said[shift]!.map((traits) => traits[trait]),
    );
  const others = shifts.slice(1);
  return {
    clips: clips.length,
    own: each((trait) => ranks(0, trait)),
    shuffled: each((trait) => others.reduce((sum, shift) => sum + ranks(shift, trait), 0) / others.length),
  };
}

/** What was asked for and what was found, by preset. */
export interface PresetRetrieval {
  readonly count: number;
  /** Right by the nearest preset of the lip network's own table. */
  readonly byTable: number;
  /** Right by the nearest style read off another portrait, saying other words in each preset. */
  readonly byExample: number;
  /** found[asked][nearest example], counts in the order of the table. */
  readonly found: readonly (readonly number[])[];
}

/**
 * Draws portraits that speak in every preset, each its own words, tracks them, and looks for the preset nearest to the style
 * read: in the table, and among what was read off the next portrait. At least two speakers.
 */
export async function retrievePresets(
  speakers: readonly (DrawnSpeaker & { readonly audio: Float32Array })[],
  styles: ReadonlyMap<string, Float32Array>,
  reader: StyleReader,
  onProgress: (what: string) => void = () => {},
): Promise<PresetRetrieval> {
  const names = [...styles.keys()];
  const table = names.map((name) => styles.get(name)!);
  const read: Float32Array[][] = [];
  for (const [s, speaker] of speakers.entries()) {
    const row: Float32Array[] = [];
    for (const preset of names) {
      onProgress(`portrait ${s + 1}, ${preset}`);
      const landmarks = await trackDrawn(speaker, { version: 1, seed: 4, style: [{ preset }] }, speaker.audio);
      row.push(await reader.read(readLipMeasures(trackOf(landmarks), speaker.core.basis)));
    }
    read.push(row);
  }
  const found = names.map(() => names.map(() => 0));
  let byTable = 0;
  for (const [s, row] of read.entries()) {
    const examples = read[(s + 1) % read.length]!;
    for (const [asked, style] of row.entries()) {
      if (nearest(style, table) === asked) byTable++;
      found[asked]![nearest(style, examples)]!++;
    }
  }
  const byExample = found.reduce((sum, row, i) => sum + row[i]!, 0);
  return { count: names.length * speakers.length, byTable, byExample, found };
}

function nearest(style: Float32Array, candidates: readonly Float32Array[]): number {
  const distances = candidates.map((candidate) => distance(style, candidate));
  return distances.indexOf(Math.min(...distances));
}

/** A clip whose face is there in every frame. */
function trackOf(landmarks: Float32Array): SourceTrack {
  const frameCount = landmarks.length / (KEYPOINT_COUNT * 3);
  return {
    fps: 25,
    width: 0,
    height: 0,
    frameCount,
    landmarks,
    seen: new Uint8Array(frameCount).fill(1),
    shots: new Uint16Array(frameCount),
    findings: [],
  };
}

function traitsOf(curves: LipCurves): Record<StyleTrait, number> {
  let speed = 0;
  for (let t = 1; t < curves.opening.length; t++) speed += Math.abs(curves.opening[t]! - curves.opening[t - 1]!);
  return {
    'median opening': median([...curves.opening]),
    'width ÷ opening': deviation(curves.width) / deviation(curves.opening),
    speed: speed / curves.opening.length,
  };
}

function each(value: (trait: StyleTrait) => number): Record<StyleTrait, number> {
  return Object.fromEntries(STYLE_TRAITS.map((trait) => [trait, value(trait)])) as Record<StyleTrait, number>;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
