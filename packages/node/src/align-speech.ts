import {
  type AlignWordsOptions,
  alignWords,
  createSpeechDriver,
  type Performance,
  performanceWords,
} from '@pctalk/core';
import { decodeAudio } from './audio-decode.ts';
import type { MediaOptions } from './duration-limit.ts';
import { createNodeRuntime } from './onnx-runtime.ts';
import { readPronunciations } from './pronunciations.ts';
import { readTalkerAssets } from './talker-assets.ts';

/**
 * Finds when each word of a transcript is said in a sound file, with the shipped speech model and dictionary.
 * @param transcript plain text, SubRip or WebVTT
 * @returns the words as a performance has them
 * @throws transcript-mismatch, audio-unreadable, audio-empty, model-missing, cancelled
 */
export async function alignSpeech(
  audio: string,
  transcript: string,
  options: Omit<AlignWordsOptions, 'dictionary'> & MediaOptions = {},
): Promise<NonNullable<Performance['words']>> {
  const { speech } = await readTalkerAssets();
  const dictionary = await readPronunciations();
  const pieces: Float32Array[] = [];
  for await (const piece of decodeAudio(audio, { signal: options.signal, maxDuration: options.maxDuration }))
    pieces.push(piece.slice());
  const samples = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  const driver = await createSpeechDriver(createNodeRuntime(), speech);
  try {
    return performanceWords(await alignWords(driver, samples, transcript, { ...options, dictionary }));
  } finally {
    await driver.dispose();
  }
}
