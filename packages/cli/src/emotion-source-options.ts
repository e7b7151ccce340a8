import { stat } from 'node:fs/promises';
import {
  checkName,
  EMOTION_FITS,
  EMOTIONS,
  type EmotionClassifier,
  type EmotionClips,
  PcTalkError,
  type Performance,
  REGION_SIDES,
  TRANSCRIPT_LANGUAGES,
  type WarningReporter,
} from '@pctalk/core';
import type { MediaOptions } from '@pctalk/node';
import type { Command } from 'commander';

/** The flags that take emotion from what is said and how. */
export interface EmotionSourceFlags {
  /** Of what is said: `--language`. */
  readonly language?: string;
  readonly emotionText?: string | true;
  readonly emotionTextModel?: string;
  readonly emotionAudio?: string | true;
  readonly emotionAudioAs?: string;
  readonly emotionAudioNeutral?: string;
  readonly emotionAudioModel?: string;
  readonly emotionAudioFit?: string;
}

/** Largest file of `--emotion-text`, bytes. */
const TEXT_MAX_BYTES = 2 ** 20;

/** Adds the flags that take emotion from what is said and how. */
export function addEmotionSourceOptions(command: Command): Command {
  return command
    .option(
      '--emotion-text [text-or-file]',
      'feel what is said, clause by clause (English); without a text: the known words',
    )
    .option(
      '--emotion-text-model <name>',
      'read the text with "text-emotion" (pctalk models) or a classifier\'s folder',
    )
    .option(
      '--emotion-audio [file]',
      'feel what the voice feels, as far as it is heard, and move as largely; without a file: of the speech itself',
    )
    .option('--emotion-audio-as <emotion[:region]>', 'the emotion whose strength the voice gives')
    .option('--emotion-audio-neutral <file>', 'how the same speaker sounds when calm')
    .option(
      '--emotion-audio-model <name>',
      'hear emotions with "voice-emotion" (pctalk models) or a classifier\'s folder',
    )
    .option(
      '--emotion-audio-fit <how>',
      'lay another sound on the speech: hold its end, loop it or stretch it',
      'hold',
    );
}

/**
 * Reads emotions from text and voice; models are loaded only if one is asked for.
 * @param audio the speech. @param words of the performance, if their times are known
 * @throws usage, unknown-name, model-missing, and what reading the sources throws
 */
export async function readEmotionSources(
  flags: EmotionSourceFlags,
  audio: string,
  words: Performance['words'],
  onWarning: WarningReporter,
  media: MediaOptions = {},
): Promise<EmotionClips> {
  const needs = [
    ['emotionText', '--emotion-text', { emotionTextModel: '--emotion-text-model' }],
    [
      'emotionAudio',
      '--emotion-audio',
      {
        emotionAudioAs: '--emotion-audio-as',
        emotionAudioNeutral: '--emotion-audio-neutral',
        emotionAudioModel: '--emotion-audio-model',
      },
    ],
  ] as const;
  for (const [source, flag, options] of needs) {
    for (const [name, option] of Object.entries(options)) {
      if (flags[name as keyof EmotionSourceFlags] !== undefined && flags[source] === undefined) {
        throw new PcTalkError('usage', `${option}: expected ${flag} beside it, got it alone; add ${flag}`);
      }
    }
  }
  return [
    ...(await readTextSource(flags, audio, words, onWarning, media)),
    ...(await readAudioSource(flags, audio, onWarning, media)),
  ];
}

async function readTextSource(
  { emotionText, emotionTextModel, language }: EmotionSourceFlags,
  audio: string,
  words: Performance['words'],
  onWarning: WarningReporter,
  media: MediaOptions = {},
): Promise<EmotionClips> {
  if (emotionText === undefined) return [];
  const node = await import('@pctalk/node');
  const text = emotionText === true ? textOfKnown(words, node) : await readText(emotionText, node);
  const classifier =
    emotionTextModel === undefined
      ? undefined
      : await node.createTextClassifier(await classifierFolder('text-emotion', emotionTextModel, node));
  try {
    const { speech } = await node.readTalkerAssets();
    const runtime = node.createNodeRuntime();
    const code = language === undefined ? undefined : checkName('--language', language, TRANSCRIPT_LANGUAGES);
    const parts = { words, audio, runtime, speech, classifier, language: code };
    return await node.readEmotionText(text, { ...parts, ...media, onWarning });
  } finally {
    await classifier?.dispose();
  }
}

async function readAudioSource(
  flags: EmotionSourceFlags,
  audio: string,
  onWarning: WarningReporter,
  media: MediaOptions = {},
): Promise<EmotionClips> {
  const { emotionAudio, emotionAudioAs, emotionAudioNeutral, emotionAudioModel } = flags;
  if (emotionAudio === undefined) return [];
  if (emotionAudioModel !== undefined && (emotionAudioAs ?? emotionAudioNeutral) !== undefined) {
    throw new PcTalkError(
      'usage',
      '--emotion-audio-model: expected it alone, since a classifier names emotions itself; leave away --emotion-audio-as and --emotion-audio-neutral',
    );
  }
  const fit = checkName('--emotion-audio-fit', flags.emotionAudioFit ?? 'hold', EMOTION_FITS);
  const as = emotionAudioAs === undefined ? undefined : readAs(emotionAudioAs);
  const node = await import('@pctalk/node');
  const classifier =
    emotionAudioModel === undefined
      ? undefined
      : await node.createVoiceClassifier(
          await classifierFolder('voice-emotion', emotionAudioModel, node),
          node.createNodeRuntime(),
        );
  try {
    const { duration } = await node.inspectAudio(audio, media);
    return await node.readEmotionAudio(emotionAudio === true ? audio : emotionAudio, {
      duration,
      fit,
      as,
      neutral: emotionAudioNeutral,
      classifier,
      signal: media.signal,
      onWarning,
    });
  } finally {
    await classifier?.dispose();
  }
}

/**
 * The track `energy` of the voice that `--emotion-audio` names, so that articulation follows it too; undefined where that is
 * the speech itself, which it follows anyway, unless a calm recording says what is usual.
 * @param audio the speech
 */
export async function readSoundEnergy(
  { emotionAudio, emotionAudioNeutral: neutral, emotionAudioFit }: EmotionSourceFlags,
  audio: string,
  media: MediaOptions = {},
): Promise<Performance['energy']> {
  if (emotionAudio === undefined || (emotionAudio === true && neutral === undefined)) return undefined;
  const fit = checkName('--emotion-audio-fit', emotionAudioFit ?? 'hold', EMOTION_FITS);
  const node = await import('@pctalk/node');
  const { duration } = await node.inspectAudio(audio, media);
  const { speech } = await node.readTalkerAssets();
  const parts = { runtime: node.createNodeRuntime(), speech, signal: media.signal };
  return node.readVoiceEnergy(emotionAudio === true ? audio : emotionAudio, { ...parts, duration, fit, neutral });
}

function readAs(text: string) {
  const [name = '', region, ...rest] = text.split(':');
  if (rest.length > 0) {
    throw new PcTalkError(
      'usage',
      `--emotion-audio-as: expected EMOTION[:REGION], got '${text}'; try --emotion-audio-as happy:upper_face`,
    );
  }
  return {
    emotion: checkName('--emotion-audio-as', name, EMOTIONS),
    region: checkName('--emotion-audio-as: region', region || 'all', REGION_SIDES),
  };
}

/** A text, or that of a file: whatever is the name of a file, or looks like one. */
async function readText(value: string, node: typeof import('@pctalk/node')): Promise<string> {
  const isFile =
    /\.(txt|md)$/i.test(value) || (value.length < 4096 && (await stat(value).catch(() => undefined)) !== undefined);
  if (!isFile) return value;
  const fail = (got: string, cause?: unknown) =>
    new PcTalkError('performance-invalid', `--emotion-text: expected a text file, ${got}: ${value}; check the path`, {
      cause,
    });
  return (await node.readInput(value, fail, TEXT_MAX_BYTES)).toString();
}

function textOfKnown(words: Performance['words'], node: typeof import('@pctalk/node')): string {
  if (words !== undefined && words.length > 0) return node.textOfWords(words);
  throw new PcTalkError(
    'usage',
    '--emotion-text: expected a text, a file, or a performance with words, got none; try --emotion-text "what is said"',
  );
}

/** The folder of a classifier: of the store by its name, any other by its path. */
async function classifierFolder(
  name: EmotionClassifier,
  value: string,
  { ClassifierStore }: typeof import('@pctalk/node'),
): Promise<string> {
  return value === name ? new ClassifierStore().open(name) : value;
}
