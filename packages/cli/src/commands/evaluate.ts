import { join } from 'node:path';
import { Command } from 'commander';
import { checkFolder, makeFolder } from '../folders.ts';
import { printLines, printNote } from '../print.ts';
import { evaluateAlignCommand } from './evaluate-align.ts';
import { evaluateControlsCommand } from './evaluate-controls.ts';
import { evaluateEmotionalLipsCommand } from './evaluate-emotional-lips.ts';
import { evaluateLifeCommand } from './evaluate-life.ts';
import { evaluateLipsCommand } from './evaluate-lips.ts';
import { evaluateMannerCommand } from './evaluate-manner.ts';
import { evaluateWordlessCommand } from './evaluate-wordless.ts';

interface EmotionFlags {
  readonly portraits: string;
  readonly speech: string;
  readonly real?: string;
  readonly demo?: string;
  readonly output: string;
}

const HELP = `
Example:
  pctalk evaluate emotion --portraits faces/ --speech speech.wav --real clips/ --output figures/`;

/** `pctalk evaluate`: measures, with the protocol that the documents cite. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure what is made')
    .addCommand(emotionCommand())
    .addCommand(evaluateEmotionalLipsCommand())
    .addCommand(evaluateLifeCommand())
    .addCommand(evaluateLipsCommand())
    .addCommand(evaluateMannerCommand())
    .addCommand(evaluateAlignCommand())
    .addCommand(evaluateControlsCommand())
    .addCommand(evaluateWordlessCommand());
}

function emotionCommand(): Command {
  return new Command('emotion')
    .description('have an expression network (@vladmandic/human) judge spoken emotions, and real clips')
    .requiredOption('--portraits <folder>', 'pictures; those not judged neutral are left out')
    .requiredOption('--speech <file>', 'what they say; the first four seconds are used')
    .option('--real <folder>', 'clips (.mp4) whose names tell the emotion, to judge the judge')
    .option('--demo <folder>', "PC-Talk's published clips intense*.mp4")
    .requiredOption('-o, --output <folder>', 'where emotion.md, emotion.json and confusion.png go')
    .addHelpText('after', HELP)
    .action(evaluateEmotions);
}

async function evaluateEmotions(flags: EmotionFlags): Promise<void> {
  await checkFolder('--portraits', flags.portraits);
  await checkFolder('--real', flags.real);
  await checkFolder('--demo', flags.demo);
  await makeFolder(flags.output);
  const { TalkerCore } = await import('@pctalk/core');
  const { createNodeRuntime, createOutputFile, readTalkerAssets } = await import('@pctalk/node');
  const { describeEmotionReport, drawConfusions, evaluateEmotion } = await import('@pctalk/eval');
  const runtime = createNodeRuntime();
  const core = await TalkerCore.create(runtime, await readTalkerAssets());
  const onProgress = printNote;
  const report = await evaluateEmotion(core, runtime, { ...flags, onProgress }).finally(() => core.dispose());
  const matrices = [
    ...(report.real ? [{ title: 'real clips', confusion: report.real.confusion }] : []),
    { title: 'ours at full intensity', confusion: report.ours },
  ];
  const text = describeEmotionReport(report);
  const write = async (name: string, content: Uint8Array | string) => {
    await using output = await createOutputFile(join(flags.output, name));
    await output.write(content);
    await output.commit();
  };
  await write('emotion.md', `${text}\n`);
  await write('emotion.json', JSON.stringify(report, null, 1));
  await write('confusion.png', await drawConfusions(matrices));
  await printLines(text);
}
