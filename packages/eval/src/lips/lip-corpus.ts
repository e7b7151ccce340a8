import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { curvesOfTrack, KEYPOINT_COUNT, type LipCurves, type MeshBasis } from '@pctalk/core';
import { decodeAudio } from '@pctalk/node';
import type { PhoneInterval } from './lip-figures.ts';

/** Real clips: their videos (for the sound) and the landmarks tracked in them. */
export interface LipCorpus {
  /** Folder of ID.mp4. */
  readonly videos: string;
  /** Folder of ID.f32 (`[frames × 478 × 3]`, pixels) and ID.json (`lost`: frames without a face). */
  readonly tracks: string;
  /** JSON by ID: `{ phones: [[start, end, name], ...] }`. */
  readonly phones?: string | undefined;
  /** Which clips belong to it; all unless given. */
  readonly select?: ((id: string) => boolean) | undefined;
}

/** A clip of a real person: what is heard, what the lips do, and what is said, where known. */
export interface RealClip {
  readonly id: string;
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  /** `[frames × 478 × 3]`, pixels. */
  readonly landmarks: Float32Array;
  readonly curves: LipCurves;
  readonly phones?: readonly PhoneInterval[] | undefined;
}

/** Shortest clip that counts, frames; and the largest share of them without a face. */
const LEAST_FRAMES = 72;
const MOST_LOST = 0.05;

/** Reads a corpus, sorted by ID. Clips under 2.9 s and those whose face was lost for long are left out. */
export async function readLipCorpus(corpus: LipCorpus, basis: MeshBasis): Promise<RealClip[]> {
  const phones = corpus.phones === undefined ? {} : (JSON.parse(readFileSync(corpus.phones, 'utf8')) as PhoneFile);
  const ids = readdirSync(corpus.tracks)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5))
    .filter((id) => corpus.select?.(id) ?? true)
    .sort();
  const clips: RealClip[] = [];
  for (const id of ids) {
    const { lost } = JSON.parse(readFileSync(join(corpus.tracks, `${id}.json`), 'utf8')) as { lost: number[] };
    const landmarks = floats(join(corpus.tracks, `${id}.f32`));
    const frames = landmarks.length / (KEYPOINT_COUNT * 3);
    if (lost.length > MOST_LOST * frames || frames < LEAST_FRAMES) continue;
    clips.push({
      id,
      samples: await soundOf(join(corpus.videos, `${id}.mp4`)),
      landmarks,
      curves: curvesOfTrack(basis, landmarks),
      phones: withSilence(phones[id]?.phones, frames / 25),
    });
  }
  return clips;
}

type PhoneFile = Readonly<Record<string, { readonly phones: readonly (readonly [number, number, string])[] }>>;

/** An alignment covers the speech; what lies before and after it is silence. */
function withSilence(
  phones: PhoneFile[string]['phones'] | undefined,
  duration: number,
): readonly PhoneInterval[] | undefined {
  if (phones === undefined) return undefined;
  const said = phones.map(([start, end, phone]): PhoneInterval => ({ start, end, phone }));
  const spoken = said.filter(({ phone }) => phone !== 'SIL');
  const [first, last] = [spoken[0], spoken.at(-1)];
  if (first === undefined || last === undefined) return said;
  return [
    { start: 0, end: first.start - 0.1, phone: 'SIL' },
    ...said.filter(({ phone, start }) => phone !== 'SIL' || (start > first.start && start < last.start)),
    { start: last.end + 0.2, end: duration, phone: 'SIL' },
  ];
}

/** The whole sound of a file, 16 kHz mono. */
export async function soundOf(path: string): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  for await (const piece of decodeAudio(path)) pieces.push(piece.slice());
  const out = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
