import { join } from 'node:path';
import type { LipAssets, TalkerCore, TensorRuntime } from '@pctalk/core';
import { comparePublished, describePublished } from './published-lips.ts';
import { describeStyles, evaluateStyles } from './style-report.ts';

/** What is drawn, and what it is held against. */
export interface DrawnEvaluation {
  /** Folder with talking/ and pctalk-demo/. */
  readonly media: string;
  /** Folder with eval-talking/ and eval-pctalk-demo/. */
  readonly tracks: string;
  /** Portraits that nobody trained on, files, and what they say. */
  readonly portraits: readonly string[];
  readonly speech: string;
  /** Bytes: the speech model, the lip network with its presets, and the style encoder. */
  readonly models: { readonly speech: Uint8Array; readonly lips: LipAssets; readonly encoder: Uint8Array };
  readonly onProgress?: ((what: string) => void) | undefined;
}

/** Portraits that speak: beside PC-Talk's clips, and in all styles. @returns Markdown. */
export async function reportDrawnLips(
  core: TalkerCore,
  runtime: TensorRuntime,
  { media, tracks, portraits, speech, models, onProgress }: DrawnEvaluation,
): Promise<string> {
  const [demo, own] = [join(media, 'pctalk-demo'), join(tracks, 'eval-pctalk-demo')];
  const compared = await comparePublished(core, runtime, { demo, tracks: own, portraits, speech, onProgress });
  const corpus = { videos: join(media, 'talking'), tracks: join(tracks, 'eval-talking') };
  const styled = await evaluateStyles(core, runtime, { corpus, portraits, speech, models, onProgress });
  return [
    `## Beside PC-Talk's own clips\n\n${describePublished(compared)}`,
    `## Styles\n\n${describeStyles(styled)}`,
  ].join('\n\n');
}
