import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSound } from './read-sound.ts';
import type { SpokenClip, SpokenGroup } from './spoken-clip.ts';

/** Unit of the corpus's own word times, 1/25000 s. */
const TICKS = 25000;

interface PhoneFile {
  readonly [id: string]: { readonly phones: readonly (readonly [number, number, string])[] };
}

/** Clips of a GRID speaker: word times of the corpus, phone times of `phones.json`. @param folder holds video/, words/ and phones.json */
export async function readGridGroup(folder: string): Promise<SpokenGroup> {
  const files = JSON.parse(readFileSync(join(folder, 'phones.json'), 'utf8')) as PhoneFile;
  const clips: SpokenClip[] = [];
  for (const [id, { phones }] of Object.entries(files)) {
    const rows = readFileSync(join(folder, 'words', `${id}.align`), 'utf8')
      .trim()
      .split('\n');
    const words = rows
      .map((row) => row.trim().split(/\s+/) as [string, string, string])
      .filter(([, , text]) => text !== 'sil' && text !== 'sp')
      .map(([start, end, text]) => ({ text, start: Number(start) / TICKS, end: Number(end) / TICKS }));
    clips.push({
      id,
      language: 'en',
      samples: await readSound(join(folder, 'video', `${id}.mp4`)),
      words,
      phones: phones.filter(([, , name]) => name !== 'SIL').map(([start, end, name]) => ({ start, end, name })),
    });
  }
  return { name: 'GRID s1, clips not trained on', clips };
}
