import { join } from 'node:path';
import { Command } from 'commander';
import { checkFolder } from '../folders.ts';
import { printLines, printNote } from '../print.ts';

interface EmotionalLipFlags {
  readonly media: string;
  readonly tracks: string;
  readonly every: string;
}

const HELP = `
Example:
  pctalk evaluate emotional-lips --media eval/ --tracks tracks/`;

/** `pctalk evaluate emotional-lips`: what full emotion leaves of lip-sync. */
export function evaluateEmotionalLipsCommand(): Command {
  return new Command('emotional-lips')
    .description('hold the lips of speech against real lips with each emotion at full intensity')
    .requiredOption('--media <folder>', 'holds grid_s1/')
    .requiredOption('--tracks <folder>', 'holds eval-grid_s1/')
    .option('--every <number>', 'take every so many clips', '1')
    .addHelpText('after', HELP)
    .action(evaluateEmotionalLips);
}

async function evaluateEmotionalLips({ media, tracks, every }: EmotionalLipFlags): Promise<void> {
  await checkFolder('--media', media);
  await checkFolder('--tracks', tracks);
  const { TalkerCore } = await import('@pctalk/core');
  const { createNodeRuntime, readTalkerAssets } = await import('@pctalk/node');
  const { describeEmotionalLips, measureEmotionalLips } = await import('@pctalk/eval');
  const core = await TalkerCore.create(createNodeRuntime(), await readTalkerAssets());
  let count = 0;
  const corpus = {
    videos: join(media, 'grid_s1', 'video'),
    tracks: join(tracks, 'eval-grid_s1'),
    phones: join(media, 'grid_s1', 'phones.json'),
    select: () => count++ % Math.max(1, Number(every) || 1) === 0,
  };
  const onProgress = printNote;
  const reports = await measureEmotionalLips(corpus, core, onProgress).finally(() => core.dispose());
  await printLines(describeEmotionalLips(reports));
}
