import {
  createStyleReader,
  type LipAssets,
  STYLES,
  type StyleTable,
  type TalkerCore,
  type TensorRuntime,
} from '@pctalk/core';
import { decodeImage } from '@pctalk/node';
import type { DrawnSpeaker } from './drawn-lips.ts';
import { createLacModel } from './lac-model.ts';
import { type LipCorpus, readLipCorpus, soundOf } from './lip-corpus.ts';
import {
  followStyles,
  type PresetRetrieval,
  retrievePresets,
  STYLE_TRAITS,
  type StyleFollowing,
} from './style-figures.ts';

/** What styles are measured on. */
export interface StyleEvaluation {
  /** Real people who speak for 4 s and longer. */
  readonly corpus: LipCorpus;
  /** Portraits that nobody trained on, files, and what they say: each the next 4.5 s. */
  readonly portraits: readonly string[];
  readonly speech: string;
  /** Bytes: the speech model, the lip network with its presets, and the style encoder. */
  readonly models: { readonly speech: Uint8Array; readonly lips: LipAssets; readonly encoder: Uint8Array };
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** How well styles are followed and told apart. */
export interface StyleReport {
  readonly following: StyleFollowing;
  readonly retrieval: PresetRetrieval;
  readonly presets: readonly string[];
}

const SECONDS = 4.5;

/** Measures whether lips take on the manner of a reference clip, and whether presets are told apart when drawn. */
export async function evaluateStyles(
  core: TalkerCore,
  runtime: TensorRuntime,
  { corpus, portraits, speech, models, onProgress }: StyleEvaluation,
): Promise<StyleReport> {
  const lac = await createLacModel(runtime, models.speech, models.lips);
  const reader = await createStyleReader(runtime, models.encoder);
  const speakers: (DrawnSpeaker & { readonly audio: Float32Array })[] = [];
  try {
    const following = await followStyles(await readLipCorpus(corpus, core.basis), lac, reader, core.basis);
    const audio = await soundOf(speech);
    const length = SECONDS * 16000;
    for (const [i, path] of portraits.entries()) {
      const source = await core.prepare(await decodeImage(path), { where: path });
      const own = audio.slice(i * length, (i + 1) * length);
      speakers.push({ core, source, renderer: core.createRenderer(source), audio: own });
    }
    const styles = presetsOf(lac);
    const retrieval = await retrievePresets(speakers, styles, reader, onProgress);
    return { following, retrieval, presets: [...styles.keys()] };
  } finally {
    for (const { renderer } of speakers) renderer[Symbol.dispose]();
    await lac.dispose();
    await reader.dispose();
  }
}

function presetsOf({ styles }: StyleTable): ReadonlyMap<string, Float32Array> {
  return new Map(STYLES.map((name) => [name, styles.get(name)!]));
}

/** The report as Markdown. */
export function describeStyles({ following, retrieval, presets }: StyleReport): string {
  const share = (right: number) => `${right} of ${retrieval.count} (${((100 * right) / retrieval.count).toFixed(0)} %)`;
  return [
    `Rank correlation of our lips with ${following.clips} clips of real people, speaking their words:`,
    '',
    "| trait | in the clip's own style | in the style of another clip |",
    '|---|---|---|',
    ...STYLE_TRAITS.map(
      (trait) => `| ${trait} | ${following.own[trait].toFixed(2)} | ${following.shuffled[trait].toFixed(2)} |`,
    ),
    '',
    `Presets read off drawn and tracked portraits, right by the nearest style read off the other portrait, which says other ` +
      `words: ${share(retrieval.byExample)}; by the nearest in the network's own table: ${share(retrieval.byTable)}. Chance is 13 %.`,
    '',
    `| asked \\ nearest | ${presets.join(' | ')} |`,
    `|---|${presets.map(() => '---|').join('')}`,
    ...retrieval.found.map((row, i) => `| ${presets[i]} | ${row.join(' | ')} |`),
  ].join('\n');
}
