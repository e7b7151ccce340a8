import { join } from 'node:path';
import { PcTalkError, type PronunciationDictionary } from '@pctalk/core';
import type { SpokenGroup } from './spoken-clip.ts';
import { readGridGroup } from './spoken-grid.ts';
import { ESPEAK_LANGUAGES, synthesiseEspeak, synthesiseFlite } from './spoken-synthetic.ts';

/**
 * The groups the aligner is measured on, one after the other.
 * @param media holds grid_s1/. @param synthetic whether flite and espeak-ng are to speak
 * @throws usage: a file of the corpus, or one of the two programs, is missing
 */
export async function* readSpokenGroups(
  media: string | undefined,
  synthetic: boolean,
  dictionary: PronunciationDictionary,
): AsyncGenerator<SpokenGroup> {
  try {
    if (media !== undefined) yield await readGridGroup(join(media, 'grid_s1'));
    if (!synthetic) return;
    yield await synthesiseFlite(dictionary);
    for (const language of ESPEAK_LANGUAGES) yield await synthesiseEspeak(language);
  } catch (cause) {
    if (cause instanceof PcTalkError || (cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    const expected = 'the files of GRID, and flite and espeak-ng installed';
    throw new PcTalkError('usage', `evaluate align: expected ${expected}, got ${(cause as Error).message}`, { cause });
  }
}
