import {
  alignWords,
  createSpeechDriver,
  EMOTION_SOURCE_LIMITS,
  type EmotionClips,
  emotionCurves,
  FPS,
  guessLanguage,
  languageName,
  PcTalkError,
  type Performance,
  readTextEmotion,
  speechSpans,
  splitClauses,
  spreadWords,
  type TensorRuntime,
  type TimeSpan,
  type TranscriptLanguage,
  timeWords,
  type WarningReporter,
  wordsOf,
} from '@pctalk/core';
import { decodeAudio, SPEECH_RATE } from '../audio-decode.ts';
import { hashBytes } from '../consent.ts';
import type { MediaOptions } from '../duration-limit.ts';
import { readPronunciations } from '../pronunciations.ts';
import { readWaveform } from './read-waveform.ts';
import type { TextClassifier } from './text-classifier.ts';

/** What times the words of a text, and what names its emotions. */
export interface ReadEmotionTextOptions extends MediaOptions {
  /** Where the words of the performance lie in time, if that is known. */
  readonly words?: Performance['words'];
  /** Sound of the speech, to which the text is aligned where words have no times. */
  readonly audio: string;
  readonly runtime: TensorRuntime;
  /** Bytes of the speech model. */
  readonly speech: Uint8Array;
  /** What reads the text. Default: the built-in English lexicon. */
  readonly classifier?: TextClassifier | undefined;
  /** Of the text. @default guessed */
  readonly language?: TranscriptLanguage | undefined;
  readonly onWarning?: WarningReporter | undefined;
}

/**
 * Reads the emotion of what is said, clause by clause, as curves of a performance.
 * @throws `performance-invalid` if the text holds no words, is too long, or is in a language that the built-in lexicon does not know
 */
export async function readEmotionText(text: string, options: ReadEmotionTextOptions): Promise<EmotionClips> {
  const clauses = splitClauses(text);
  if (clauses.length === 0 || text.length > EMOTION_SOURCE_LIMITS.textCharacters) {
    throw new PcTalkError(
      'performance-invalid',
      `emotion text: expected words, at most ${EMOTION_SOURCE_LIMITS.textCharacters} characters, got ${text.length} characters; give what is said`,
    );
  }
  const { words = [], classifier, language = guessLanguage(text), onWarning } = options;
  if (classifier === undefined && language !== 'en') {
    throw new PcTalkError(
      'performance-invalid',
      `emotion text: expected English, got ${languageName(language)}, which the built-in lexicon does not know; try a classifier of that language (--emotion-text-model), or --emotion`,
      { details: { language } },
    );
  }
  const spoken = wordsOf(text);
  const times = words.length > 0 ? timeWords(spoken, words) : await findWords(text, spoken, options);
  const felt = classifier ? await classifier.classify(clauses.map((clause) => clause.text)) : readTextEmotion(clauses);
  const spans = clauses.map(({ words: [first, last] }, i) => ({
    start: times[first]!.start,
    end: times[last]!.end,
    felt: felt[i]!,
  }));
  const by = classifier?.name ?? 'lexicon';
  const curves = emotionCurves(spans, { source: { kind: 'text', sha256: hashBytes(Buffer.from(text)), by } });
  if (curves.length === 0) {
    const why = classifier ? '' : '; it knows everyday words only';
    onWarning?.({ code: 'no-emotion', message: `emotion text: no emotion was found by ${by}${why}` });
  }
  return curves;
}

/** The text of timed words, cut where the speaker pauses, since words alone have no punctuation. */
export function textOfWords(words: NonNullable<Performance['words']>): string {
  return words
    .map(({ text, end }, i) => {
      const pause = (words[i + 1]?.start ?? end) - end;
      return pause > SENTENCE_PAUSE ? `${text}.` : pause > CLAUSE_PAUSE ? `${text},` : text;
    })
    .join(' ');
}

const SENTENCE_PAUSE = 0.5;
const CLAUSE_PAUSE = 0.25;

/** Longest speech that is aligned; in longer ones words are spread, seconds. */
const ALIGNED_MAX_SECONDS = 600;

/**
 * When each word is said: aligned to the sound, or, where that fails (another wording, a language that is not read),
 * spread by length over where somebody speaks.
 */
async function findWords(
  text: string,
  spoken: readonly string[],
  { audio, runtime, speech, signal, maxDuration, onWarning }: ReadEmotionTextOptions,
): Promise<TimeSpan[]> {
  const driver = await createSpeechDriver(runtime, speech);
  try {
    const samples = await readWaveform(decodeAudio(audio, { signal, maxDuration }));
    if (samples.length <= ALIGNED_MAX_SECONDS * SPEECH_RATE) {
      try {
        const dictionary = await readPronunciations();
        return timeWords(spoken, await alignWords(driver, samples, text, { dictionary, where: 'emotion text' }));
      } catch (error) {
        if (!(error instanceof PcTalkError)) throw error;
        onWarning?.({
          code: 'words-spread',
          message: `${error.message}; its words are spread over the speech by length`,
        });
      }
    }
    const stream = driver.createStream();
    const frames = [...(await stream.push(samples)), ...(await stream.end())];
    const spans = speechSpans(
      frames.map(({ silence }) => silence),
      FPS,
    );
    return spreadWords(spoken, spans.length > 0 ? spans : [{ start: 0, end: frames.length / FPS }]);
  } finally {
    await driver.dispose();
  }
}
