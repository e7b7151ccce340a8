import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { classesOfArpabet, type PronunciationDictionary, pronounce, type TranscriptLanguage } from '@pctalk/core';
import { makeTemporaryFolder } from '@pctalk/node';
import { HELD_OUT_TEXTS } from './held-out-texts.ts';
import { readSound } from './read-sound.ts';
import type { KnownSpan, SpokenClip, SpokenGroup } from './spoken-clip.ts';

const start = promisify(execFile);
const RATE = 16000;
const FLITE_VOICES = ['slt', 'rms', 'awb', 'kal16'] as const;
const ESPEAK_VOICES: Readonly<Partial<Record<TranscriptLanguage, readonly string[]>>> = {
  en: ['en-us', 'en-gb'],
  de: ['de'],
  fr: ['fr'],
  es: ['es'],
  it: ['it'],
  pt: ['pt-br'],
  nl: ['nl'],
  pl: ['pl'],
  ru: ['ru'],
};
/** flite's names that ARPAbet has not. */
const FLITE_NAMES: Readonly<Record<string, string>> = {
  ax: 'ah',
  axr: 'er',
  ix: 'ih',
  dx: 't',
  en: 'n',
  el: 'l',
  em: 'm',
  nx: 'n',
};

/**
 * Sentences by flite's voices with the exact times of their sounds; a word lies where the sounds of its pronunciation
 * do, by the least edits between what is written and what was said.
 */
export async function synthesiseFlite(dictionary: PronunciationDictionary): Promise<SpokenGroup> {
  const clips: SpokenClip[] = [];
  await inScratch(async (wave) => {
    for (const voice of FLITE_VOICES) {
      for (const [i, text] of (HELD_OUT_TEXTS.en ?? []).entries()) {
        const { stdout } = await start('flite', ['-voice', voice, '-psdur', '-t', text, '-o', wave]);
        const phones = phonesOf(stdout);
        const words = placeWords(text, phones, dictionary);
        clips.push({ id: `${voice}-${i}`, language: 'en', samples: await readSound(wave), words, phones });
      }
    }
  });
  return { name: 'flite, held-out sentences', clips };
}

/** Sentences of espeak-ng, whose voices the speech model never heard: words spoken singly and joined, so their times are exact. */
export async function synthesiseEspeak(language: TranscriptLanguage): Promise<SpokenGroup> {
  const clips: SpokenClip[] = [];
  await inScratch(async (wave) => {
    for (const voice of ESPEAK_VOICES[language] ?? []) {
      for (const [i, text] of (HELD_OUT_TEXTS[language] ?? []).entries()) {
        const pieces: Float32Array[] = [new Float32Array(RATE * 0.3)];
        const words: (KnownSpan & { text: string })[] = [];
        let at = pieces[0]!.length;
        for (const word of text.split(' ')) {
          await start('espeak-ng', ['-v', voice, '-s', '150', '-w', wave, word]);
          const sound = trim(await readSound(wave));
          words.push({ text: word, start: at / RATE, end: (at + sound.length) / RATE });
          pieces.push(sound);
          at += sound.length;
        }
        pieces.push(new Float32Array(RATE * 0.3));
        const samples = new Float32Array(at + RATE * 0.3);
        let place = 0;
        for (const piece of pieces) {
          samples.set(piece, place);
          place += piece.length;
        }
        clips.push({ id: `${voice}-${i}`, language, samples, words });
      }
    }
  });
  return { name: `espeak-ng, ${language}`, clips };
}

/** Languages that `synthesiseEspeak` speaks. */
export const ESPEAK_LANGUAGES = Object.keys(ESPEAK_VOICES) as readonly TranscriptLanguage[];

async function inScratch(work: (wave: string) => Promise<void>): Promise<void> {
  await using folder = await makeTemporaryFolder();
  await work(join(folder.path, 'speech.wav'));
}

/** `name:end` pairs as spans; silence left out. */
function phonesOf(printed: string): (KnownSpan & { name: string })[] {
  let start = 0;
  const phones: (KnownSpan & { name: string })[] = [];
  for (const entry of printed.trim().split(/\s+/)) {
    const [name, time] = entry.split(':') as [string, string];
    const end = Number(time);
    if (name !== 'pau') phones.push({ name: (FLITE_NAMES[name] ?? name).toUpperCase(), start, end });
    start = end;
  }
  return phones;
}

function placeWords(
  text: string,
  phones: readonly (KnownSpan & { name: string })[],
  dictionary: PronunciationDictionary,
): (KnownSpan & { text: string })[] {
  const written = text
    .split(' ')
    .flatMap((token, w) =>
      pronounce(token, { language: 'en', dictionary })[0]!.map((name) => ({ w, name: name as string })),
    );
  const said = phones.flatMap((phone) => {
    const classes = classesOfArpabet(phone.name);
    return classes.map((name, i) => ({ name: name as string, start: phone.start, end: phone.end, i }));
  });
  const partners = leastEdits(
    written.map(({ name }) => name),
    said.map(({ name }) => name),
  );
  return text.split(' ').flatMap((token, w) => {
    const own = written.flatMap((entry, i) => (entry.w === w ? [partners[i]!] : []));
    const [first, last] = [own[0]!, own.at(-1)!];
    if (first < 0 || last < 0) return [{ text: token, start: Number.NaN, end: Number.NaN }];
    return [{ text: token, start: said[first]!.start, end: said[last]!.end }];
  });
}

/** For each entry of `a` its partner in `b` by the least edits, −1 where it has none. */
function leastEdits(a: readonly string[], b: readonly string[]): Int32Array {
  const width = b.length + 1;
  const cost = new Float64Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) cost[i * width] = i;
  for (let j = 0; j <= b.length; j++) cost[j] = j;
  const swap = (i: number, j: number) => (a[i - 1] === b[j - 1] ? 0 : 1.1);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      cost[i * width + j] = Math.min(
        cost[(i - 1) * width + j]! + 1,
        cost[i * width + j - 1]! + 1,
        cost[(i - 1) * width + j - 1]! + swap(i, j),
      );
    }
  }
  const partners = new Int32Array(a.length).fill(-1);
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    const here = cost[i * width + j]!;
    if (here === cost[(i - 1) * width + j - 1]! + swap(i, j)) partners[--i] = --j;
    else if (here === cost[(i - 1) * width + j]! + 1) i--;
    else j--;
  }
  return partners;
}

/** The sound without the silence before and after it. */
function trim(samples: Float32Array): Float32Array {
  const audible = (x: number) => Math.abs(x) > 0.005;
  return samples.subarray(samples.findIndex(audible), samples.findLastIndex(audible) + 1);
}
