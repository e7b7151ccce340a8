import {
  type CheckControlOptions,
  CONTROLS,
  checkName,
  EMOTION_FITS,
  EMOTIONS,
  movementsOf,
  PcTalkError,
  type Performance,
  type PerformanceOptions,
  parseArticulations,
  parseJson,
  parsePerformance,
  performanceFromOptions,
  REGION_SIDES,
  type ReferenceMotion,
  readEditPlace,
  STYLES,
  type WarningReporter,
} from '@pctalk/core';
import type { MediaOptions, OutputFile, StyleEmbedding } from '@pctalk/node';
import { type Command, Option } from 'commander';
import {
  addEmotionSourceOptions,
  type EmotionSourceFlags,
  readEmotionSources,
  readSoundEnergy,
} from './emotion-source-options.ts';
import { readControl, readInteger } from './number-options.ts';
import { addTranscriptOptions, readTranscriptWords, type TranscriptFlags } from './transcript-options.ts';

/** Largest seed: 32 bits. */
const SEED_MAX = 0xffff_ffff;

/** Largest performance file, bytes. */
const PERFORMANCE_MAX_BYTES = 64 * 2 ** 20;

/** The flags that say how the source moves, as commander hands them over. */
export interface PerformanceFlags extends EmotionSourceFlags, TranscriptFlags {
  readonly lipScale?: readonly string[];
  readonly articulation?: readonly string[];
  readonly articulationFile?: readonly string[];
  readonly emotion?: readonly string[];
  readonly emotionImage?: string;
  readonly emotionVideo?: string;
  readonly emotionVideoFit?: string;
  readonly emotionNeutral?: string;
  readonly motionReference?: string;
  readonly styleReference?: string;
  readonly renderer?: string;
  readonly style?: string;
  readonly headMotion?: string;
  readonly blink?: string;
  readonly gaze?: string;
  readonly brow?: string;
  readonly energy?: string;
  readonly idle?: string;
  readonly seed?: string;
  readonly performance?: string;
  readonly savePerformance?: string;
  readonly unsafeRange?: true;
}

/** Flags that are a number and nothing more. */
const NUMBER_FLAGS = {
  headMotion: '--head-motion',
  blink: '--blink',
  gaze: '--gaze',
  brow: '--brow',
  energy: '--energy',
  idle: '--idle',
} as const;

/** Adds the flags that say how the source moves. */
export function addPerformanceOptions(command: Command): Command {
  const places = 'where: a word, #3-5 by number from 0, or 1.2s-2.5s';
  command.addOption(repeatable('--lip-scale <scale[:where]>', `${describe('lipScale')}; ${places}`));
  for (const [control, flag] of Object.entries(NUMBER_FLAGS)) {
    command.option(`${flag} <number>`, describe(control as keyof typeof NUMBER_FLAGS));
  }
  command
    .addOption(repeatable('--articulation <name:scale[:where]>', `${describe('articulation')}; ${places}`))
    .addOption(
      repeatable(
        '--articulation-file <file>',
        'further movements for --articulation (JSON): { name, vector } or a list',
      ),
    )
    .addOption(
      repeatable(
        '--emotion <emotion[:region[:intensity]]>',
        `${describe('emotionIntensity')}; names: see "pctalk limits"`,
      ),
    )
    .option('--emotion-image <file>', 'feel as the face in this picture does')
    .option('--emotion-video <file>', 'feel as the face in this clip does, over time')
    .option('--emotion-video-fit <how>', 'lay the clip on the speech: hold its end, loop it or stretch it', 'hold')
    .option(
      '--emotion-neutral <file>',
      'the same face at rest or in calm speech, picture or clip: its emotion is read against it',
    );
  return addEmotionSourceOptions(addTranscriptOptions(command))
    .option(
      '--motion-reference <file>',
      'head motion, blinks and gaze of the face in this clip; a clip as source takes the blinks alone, head and gaze with --head-motion 1 --gaze 1 (liveportrait: pose and expression from a .pkl, .json, picture or video)',
    )
    .option('--style <name>', `manner of speaking: ${STYLES.join(', ')}, or a mix: clear:0.6,wide:0.4`)
    .option(
      '--style-reference <file>',
      'speak as the person in this clip does, 4 s or more (liveportrait: a .pkl, .json or video)',
    )
    .option('--seed <integer>', 'head motion, blinks and gaze follow from it (default: 0)')
    .option('--performance <file>', 'read a performance (JSON); the flags above replace its tracks')
    .option('--save-performance <file>', 'write the performance that is used')
    .option('--unsafe-range', 'accept finite values outside the limits')
    .addHelpText('after', TELL_PEOPLE);
}

/** What whoever reads emotion owes to those it is read off. */
const TELL_PEOPLE = `
Tell people when emotion is read off their face or voice (--emotion-image, --emotion-video, --emotion-audio, docs/guide/emotion.md).`;

/**
 * Turns flags into a checked performance.
 * @throws value-out-of-range, unknown-name, performance-invalid, cancelled, and what reading its sources throws
 */
export async function readPerformance(
  flags: PerformanceFlags,
  onWarning: WarningReporter,
  audio: string,
  media: MediaOptions = {},
): Promise<Performance> {
  const check: CheckControlOptions = { unsafeRange: flags.unsafeRange === true, onWarning };
  const parse = { unsafeRange: flags.unsafeRange === true, styles: STYLES };
  const base =
    flags.performance === undefined
      ? undefined
      : parsePerformance(await readJson(flags.performance), flags.performance, { ...parse, onWarning });
  const aligned = await readTranscriptWords(flags, audio, onWarning, media);
  const words = aligned ?? base?.words;
  const articulations = await readArticulations(flags.articulationFile, base);
  const movements = movementsOf({ articulations });
  const options: Record<string, unknown> = {
    words: aligned,
    articulations,
    lipScale: flags.lipScale && readLipScales(flags.lipScale, words, check),
    articulation: flags.articulation?.flatMap((text) => readArticulation(text, movements, words, check)),
    emotion: flags.emotion?.map((text) => readEmotion(text, check)),
    style: flags.style === undefined ? undefined : readStyle(flags.style, check),
    seed: flags.seed === undefined ? undefined : readInteger('--seed', flags.seed, 0, SEED_MAX),
  };
  for (const [control, flag] of Object.entries(NUMBER_FLAGS)) {
    const text = flags[control as keyof typeof NUMBER_FLAGS];
    if (text !== undefined) options[control] = readControl(flag, control as keyof typeof NUMBER_FLAGS, text, check);
  }
  const { motion, style, emotions } = await readReferences(flags, audio, media);
  if (motion !== undefined) options['motion'] = motion;
  if (style !== undefined) options['style'] = { embedding: style };
  const given = performanceFromOptions(options as PerformanceOptions, base);
  const spoken = await readEmotionSources(flags, audio, given.words, onWarning, media);
  const emotion = [...(given.emotion ?? []), ...emotions, ...spoken];
  const energy = given.energy ?? (await readSoundEnergy(flags, audio, media));
  const felt = { ...given, ...(emotion.length > 0 && { emotion }), ...(energy !== undefined && { energy }) };
  return parsePerformance(felt, 'performance', parse);
}

/** What `readPerformance` has told of a performance; whoever performs it checks it again. */
const TOLD: ReadonlySet<string> = new Set(['outside-recommended', 'unknown-field']);

/** The same reporter for those who perform what `readPerformance` gave: nothing is told twice. */
export function toldOnce(onWarning: WarningReporter): WarningReporter {
  return (warning) => {
    if (!TOLD.has(warning.code)) onWarning(warning);
  };
}

/** What is taken from faces in other files. */
interface References {
  readonly motion?: ReferenceMotion;
  readonly style?: StyleEmbedding;
  readonly emotions: NonNullable<Performance['emotion']>;
}

/** Motion, manner of speaking and emotions of reference faces; their models are loaded only if one is named. */
async function readReferences(flags: PerformanceFlags, audio: string, media: MediaOptions): Promise<References> {
  const { emotionImage, emotionVideo, emotionNeutral } = flags;
  if (emotionNeutral !== undefined && (emotionImage ?? emotionVideo) === undefined) {
    throw new PcTalkError(
      'usage',
      '--emotion-neutral: expected --emotion-image or --emotion-video beside it, got it alone; add one of them',
    );
  }
  // The neural path reads its references itself, in its own keypoints.
  const { motionReference, styleReference } =
    flags.renderer === 'liveportrait' ? ({} as Pick<PerformanceFlags, 'motionReference' | 'styleReference'>) : flags;
  const named = [emotionImage, emotionVideo, motionReference, styleReference].filter((name) => name !== undefined);
  if (named.length === 0) return { emotions: [] };
  const { createFaceAnalyser, readMeshBasis } = await import('@pctalk/core');
  const node = await import('@pctalk/node');
  const fit = checkName('--emotion-video-fit', flags.emotionVideoFit ?? 'hold', EMOTION_FITS);
  const assets = await node.readTalkerAssets();
  const runtime = node.createNodeRuntime();
  const analyser = await createFaceAnalyser(runtime, assets.face);
  const parts = { analyser, basis: readMeshBasis(assets.basis), ...media };
  try {
    const reading = { ...parts, neutral: emotionNeutral };
    const emotions = emotionImage === undefined ? [] : await node.readEmotionImage(emotionImage, reading);
    if (emotionVideo !== undefined) {
      const { duration } = await node.inspectAudio(audio, media);
      emotions.push(...(await node.readEmotionVideo(emotionVideo, { ...reading, fit, duration })));
    }
    return {
      emotions,
      ...(motionReference && { motion: await node.readMotionReference(motionReference, parts) }),
      ...(styleReference && { style: await node.readStyleReference(styleReference, { ...parts, runtime }) }),
    };
  } finally {
    await analyser.dispose();
  }
}

/**
 * Prepares the file of `--save-performance`; `commit` gives it its name once the work is done.
 * @param others files that are read or written besides, which it must not replace
 * @throws output-unwritable
 */
export async function preparePerformanceFile(
  path: string,
  performance: Performance,
  others: readonly (string | undefined)[],
): Promise<OutputFile> {
  const { createOutputFile } = await import('@pctalk/node');
  const inputs = others.filter((other) => other !== undefined);
  const output = await createOutputFile(path, { extension: '.json', inputs });
  try {
    await output.write(`${JSON.stringify(performance, undefined, 2)}\n`);
    return output;
  } catch (error) {
    await output[Symbol.asyncDispose]();
    throw error;
  }
}

/** A preset, or several with their weights. */
function readStyle(text: string, check: CheckControlOptions): PerformanceOptions['style'] {
  if (!/[:,]/.test(text)) return checkName('--style', text, STYLES);
  const mix = text.split(',').map((part) => {
    const [name = '', weight = '1'] = part.split(':');
    return {
      preset: checkName('--style', name.trim(), STYLES),
      weight: readControl('--style', 'styleWeight', weight, check),
    };
  });
  return { mix };
}

/** A number if it holds throughout, else clips. */
function readLipScales(
  texts: readonly string[],
  words: Performance['words'],
  check: CheckControlOptions,
): NonNullable<Performance['lipScale']> {
  const clips = texts.flatMap((text) => {
    const [scale = '', where, ...rest] = text.split(':');
    if (rest.length > 0) throw malformed('--lip-scale', 'SCALE[:WHERE]', text, '1.2 or 1.2:hello');
    const value = readControl('--lip-scale', 'lipScale', scale, check);
    const places = where === undefined ? [{}] : readEditPlace(where, words, '--lip-scale');
    return places.map((place) => ({ value, ...place }));
  });
  const [only, ...others] = clips;
  return others.length === 0 && only !== undefined && Object.keys(only).length === 1 ? only.value : clips;
}

/** Those of the files after those of the performance; undefined if there are none. */
async function readArticulations(
  files: readonly string[] = [],
  base: Performance | undefined,
): Promise<Performance['articulations']> {
  const read = await Promise.all(files.map(async (file) => parseArticulations(await readJson(file), file)));
  return files.length === 0 ? base?.articulations : [...(base?.articulations ?? []), ...read.flat()];
}

function readArticulation(
  text: string,
  movements: readonly string[],
  words: Performance['words'],
  check: CheckControlOptions,
): NonNullable<Performance['articulation']> {
  const [name = '', scale, where, ...rest] = text.split(':');
  const movement = checkName('--articulation', name, movements);
  if (scale === undefined || rest.length > 0) {
    throw malformed('--articulation', 'NAME:SCALE[:WHERE]', text, 'opening:1.2 or opening:1.4:hello');
  }
  const edit = { movement, scale: readControl(`--articulation ${name}`, 'articulation', scale, check) };
  const places = where === undefined ? [{}] : readEditPlace(where, words, `--articulation ${name}`);
  return places.map((place) => ({ ...edit, ...place }));
}

function readEmotion(text: string, check: CheckControlOptions): { emotion: string; region: string; intensity: number } {
  const [name = '', region, intensity, ...rest] = text.split(':');
  const emotion = checkName('--emotion', name, EMOTIONS);
  if (rest.length > 0) throw malformed('--emotion', 'EMOTION[:REGION[:INTENSITY]]', text, 'happy:brows:0.6');
  return {
    emotion,
    region: checkName(`--emotion ${name}: region`, region || 'all', REGION_SIDES),
    intensity: intensity
      ? readControl(`--emotion ${name}: intensity`, 'emotionIntensity', intensity, check)
      : CONTROLS.emotionIntensity.default,
  };
}

async function readJson(path: string): Promise<unknown> {
  const { readInput } = await import('@pctalk/node');
  const fail = (got: string, cause?: unknown) =>
    new PcTalkError('performance-invalid', `${path}: expected a performance as JSON, ${got}; check the file`, {
      cause,
    });
  const text = await readInput(path, fail, PERFORMANCE_MAX_BYTES);
  try {
    return parseJson(text.toString());
  } catch (cause) {
    throw fail(`got ${(cause as Error).message}`, cause);
  }
}

function malformed(flag: string, expected: string, got: string, example: string): PcTalkError {
  return new PcTalkError('usage', `${flag}: expected ${expected}, got '${got}'; try ${flag} ${example}`);
}

function describe(control: keyof typeof CONTROLS): string {
  const { description, limits, recommended, default: initial } = CONTROLS[control];
  return `${description} (${limits.join('–')}, recommended ${recommended.join('–')}, default ${initial})`;
}

/** A flag that may be given several times. */
function repeatable(flags: string, description: string): Option {
  const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
    ...(previous ?? []),
    value,
  ];
  return new Option(flags, `${description}; repeatable`).argParser(collect);
}
