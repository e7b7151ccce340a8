import { Command } from 'commander';
import { checkFolder } from '../folders.ts';
import { printLines, printNote } from '../print.ts';

interface AlignFlags {
  readonly media?: string;
  readonly synthetic?: true;
}

const HELP = `
--media holds grid_s1/ with video/, words/ and phones.json; --synthetic needs flite and espeak-ng (Debian packages).

Example:
  pctalk evaluate align --media eval/ --synthetic`;

/** `pctalk evaluate align`: the times of `--transcript` against known ones. */
export function evaluateAlignCommand(): Command {
  return new Command('align')
    .description('hold the word times of --transcript against known times, with right and wrong texts')
    .option('--media <folder>', 'real speech: holds grid_s1/')
    .option('--synthetic', 'speech of flite and espeak-ng, which is made first')
    .addHelpText('after', HELP)
    .action(evaluateAlign);
}

async function evaluateAlign({ media, synthetic }: AlignFlags): Promise<void> {
  await checkFolder('--media', media);
  const { createSpeechDriver, PcTalkError } = await import('@pctalk/core');
  if (media === undefined && synthetic === undefined) {
    throw new PcTalkError('usage', 'evaluate align: expected --media or --synthetic, got neither; add one');
  }
  const { createNodeRuntime, readPronunciations, readTalkerAssets } = await import('@pctalk/node');
  const { describeAlignment, evaluateAlignment, readSpokenGroups } = await import('@pctalk/eval');
  const { speech } = await readTalkerAssets();
  const driver = await createSpeechDriver(createNodeRuntime(), speech);
  const dictionary = await readPronunciations();
  const reports = [];
  for await (const group of readSpokenGroups(media, synthetic === true, dictionary)) {
    printNote(group.name);
    reports.push(await evaluateAlignment(group, driver, dictionary));
  }
  await driver.dispose();
  await printLines(describeAlignment(reports));
}
