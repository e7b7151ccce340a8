import { Command } from 'commander';
import { checkFolder } from '../folders.ts';
import { printLines, printNote } from '../print.ts';

interface LifeFlags {
  readonly portrait: string[];
  readonly speech: string[];
  readonly tracks: string;
  readonly videos: string;
}

const HELP = `
Tracks of real people come from packages/train/src/tracking/track-folder.ts.

Example:
  pctalk evaluate life --portrait face.jpg --speech a.wav --speech b.wav --tracks tracks/eval-talking --videos eval/talking`;

/** `pctalk evaluate life`: blinks, head motion and brows beside real people. */
export function evaluateLifeCommand(): Command {
  const more = (path: string, paths: string[]) => [...paths, path];
  return new Command('life')
    .description('hold blinks, head motion, brows and liveliness of drawn speech against real people')
    .requiredOption('--portrait <file>', 'picture that speaks; may be repeated', more, [])
    .requiredOption('--speech <file>', 'what each of them says; may be repeated', more, [])
    .requiredOption('--tracks <folder>', 'holds ID.f32 of real people')
    .requiredOption('--videos <folder>', 'holds their ID.mp4')
    .addHelpText('after', HELP)
    .action(evaluateLives);
}

async function evaluateLives({ portrait, speech, tracks, videos }: LifeFlags): Promise<void> {
  await checkFolder('--tracks', tracks);
  await checkFolder('--videos', videos);
  const { TalkerCore } = await import('@pctalk/core');
  const { createNodeRuntime, readTalkerAssets } = await import('@pctalk/node');
  const { describeLife, evaluateLife } = await import('@pctalk/eval');
  const core = await TalkerCore.create(createNodeRuntime(), await readTalkerAssets());
  const onProgress = printNote;
  const options = { portraits: portrait, speech, tracks, videos, onProgress };
  const report = await evaluateLife(core, options).finally(() => core.dispose());
  await printLines(describeLife(report));
}
