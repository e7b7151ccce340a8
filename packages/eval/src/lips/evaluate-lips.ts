import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createSpeechDriver,
  curvesOfLips,
  curvesOfTrack,
  KEYPOINT_COUNT,
  type MeshBasis,
  type SpeechDriver,
  type TensorRuntime,
} from '@pctalk/core';
import { decodeAudio } from '@pctalk/node';
import {
  type LipAgreement,
  type LipClip,
  type LipPrecision,
  lipAgreement,
  lipPrecision,
  type PhoneInterval,
} from './lip-figures.ts';

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

export interface LipReport {
  readonly agreement: LipAgreement;
  /** Present if phones are known. */
  readonly precision?: LipPrecision;
}

/** Drives the speech model with the sound of real clips and compares its lips with theirs. Clips under 2.9 s are left out. */
export async function evaluateLips(
  corpus: LipCorpus,
  model: Uint8Array,
  runtime: TensorRuntime,
  basis: MeshBasis,
): Promise<LipReport> {
  const driver = await createSpeechDriver(runtime, model);
  const phones = corpus.phones === undefined ? {} : (JSON.parse(readFileSync(corpus.phones, 'utf8')) as PhoneFile);
  const ids = readdirSync(corpus.tracks)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5))
    .filter((id) => corpus.select?.(id) ?? true)
    .sort();
  const clips: LipClip[] = [];
  for (const id of ids) {
    const { lost } = JSON.parse(readFileSync(join(corpus.tracks, `${id}.json`), 'utf8')) as { lost: number[] };
    const landmarks = floats(join(corpus.tracks, `${id}.f32`));
    const frames = landmarks.length / (KEYPOINT_COUNT * 3);
    if (lost.length > 0.05 * frames || frames < 72) continue;
    const lips = await speak(driver, join(corpus.videos, `${id}.mp4`));
    const said = withSilence(phones[id]?.phones, frames / 25);
    clips.push({ id, real: curvesOfTrack(basis, landmarks), ours: curvesOfLips(basis, lips), phones: said });
  }
  await driver.dispose();
  const spoken = clips.filter((clip) => clip.phones !== undefined);
  return { agreement: lipAgreement(clips), ...(spoken.length > 0 && { precision: lipPrecision(spoken) }) };
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

async function speak(driver: SpeechDriver, path: string): Promise<Float32Array[]> {
  const stream = driver.createStream();
  const lips: Float32Array[] = [];
  for await (const samples of decodeAudio(path)) for (const frame of await stream.push(samples)) lips.push(frame.lips);
  for (const frame of await stream.end()) lips.push(frame.lips);
  return lips;
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
