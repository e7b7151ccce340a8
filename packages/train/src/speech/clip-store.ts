import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PhoneSpan } from './phone-tables.ts';

/** One training clip. Targets stand for 25 fps frames from time 0. */
export interface SpeechClip {
  readonly id: string;
  /** 16 kHz mono, −1 … 1. */
  readonly samples: Float32Array;
  /** What is said, where it is known. */
  readonly spans?: readonly PhoneSpan[];
  /** Tracked or authored channels `[frames × 14]`, where they exist. */
  readonly channels?: Float32Array;
  /** What a recogniser of speech makes of it `[frames × 64]` (teacher/5-reduce.ts), where it has been asked. */
  readonly taught?: Float32Array;
}

/** Length of a row of `taught`. */
export const TAUGHT_WIDTH = 64;

/** Writes clips as they come: `SET/ID.s16` (samples), `.json` (phones), `.f32` (channels); `.taught` joins them later. */
export class ClipWriter {
  readonly #folder: string;

  constructor(dataFolder: string, set: string) {
    this.#folder = join(dataFolder, set);
    mkdirSync(this.#folder, { recursive: true });
  }

  has(id: string): boolean {
    return existsSync(join(this.#folder, `${id}.s16`));
  }

  write(clip: SpeechClip): void {
    const path = join(this.#folder, clip.id);
    if (clip.spans !== undefined) {
      writeFileSync(`${path}.json`, JSON.stringify(clip.spans.map(({ start, end, phone }) => [start, end, phone])));
    }
    if (clip.channels !== undefined) writeFileSync(`${path}.f32`, clip.channels);
    const samples = Int16Array.from(clip.samples, (x) => Math.min(32767, Math.max(-32768, Math.round(x * 32768))));
    writeFileSync(`${path}.s16`, samples);
  }
}

/** Reads every clip of a set, sorted by id. */
export function readClips(dataFolder: string, set: string): SpeechClip[] {
  const folder = join(dataFolder, set);
  if (!existsSync(folder)) return [];
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith('.s16'))
    .map((name) => name.slice(0, -4))
    .sort();
  return ids.map((id) => {
    const path = join(folder, id);
    const bytes = readFileSync(`${path}.s16`);
    const integers = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const samples = Float32Array.from(integers, (x) => x / 32768);
    const spans = existsSync(`${path}.json`)
      ? (JSON.parse(readFileSync(`${path}.json`, 'utf8')) as [number, number, PhoneSpan['phone']][]).map(
          ([start, end, phone]) => ({ start, end, phone }),
        )
      : undefined;
    const channels = existsSync(`${path}.f32`) ? floatsOf(readFileSync(`${path}.f32`)) : undefined;
    const taught = existsSync(`${path}.taught`) ? floatsOf(readFileSync(`${path}.taught`)) : undefined;
    return { id, samples, ...(spans && { spans }), ...(channels && { channels }), ...(taught && { taught }) };
  });
}

function floatsOf(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
