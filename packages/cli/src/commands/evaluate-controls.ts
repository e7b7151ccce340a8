import { join } from 'node:path';
import { Command } from 'commander';
import { checkFolder, makeFolder } from '../folders.ts';
import { printLines, printNote } from '../print.ts';

interface ControlFlags {
  readonly portrait: readonly string[];
  readonly speech: readonly string[];
  readonly tracks?: string;
  readonly phones?: string;
  readonly output: string;
}

const HELP = `
Example:
  pctalk evaluate controls --portrait a.jpg --portrait b.jpg --speech a.wav --speech b.wav --tracks tracks/ --phones phones.json \\
    --output figures/`;

/** `pctalk evaluate controls`: each lip control alone, drawn, tracked and measured. */
export function evaluateControlsCommand(): Command {
  return new Command('controls')
    .description('move each lip control alone and measure what is drawn, and where sync holds')
    .requiredOption('--portrait <file>', 'picture; give two or more', collect, [])
    .requiredOption('--speech <file>', 'what they say; two or more: the first two are drawn', collect, [])
    .option('--tracks <folder>', 'ID.f32 of real people, to hold the edits against')
    .option('--phones <file>', 'what they say, by ID (JSON)')
    .requiredOption('-o, --output <folder>', 'where controls.md, controls.json and controls.svg go')
    .addHelpText('after', HELP)
    .action(evaluateControls);
}

async function evaluateControls({ portrait, speech, tracks, phones, output }: ControlFlags): Promise<void> {
  const { PcTalkError, TalkerCore } = await import('@pctalk/core');
  if (portrait.length < 2 || speech.length < 2) {
    throw new PcTalkError(
      'usage',
      `evaluate controls: expected two portraits and two speeches or more, got ${portrait.length} and ${speech.length}; repeat --portrait and --speech`,
    );
  }
  if (phones !== undefined && tracks === undefined) {
    throw new PcTalkError('usage', 'evaluate controls: expected --tracks beside --phones, got --phones alone; add it');
  }
  await checkFolder('--tracks', tracks);
  await makeFolder(output);
  const { createNodeRuntime, createOutputFile, readTalkerAssets } = await import('@pctalk/node');
  const evaluation = await import('@pctalk/eval');
  const runtime = createNodeRuntime();
  const core = await TalkerCore.create(runtime, await readTalkerAssets());
  const onProgress = printNote;
  const options = { portraits: portrait, speech, tracks, phones, onProgress };
  const report = await evaluation.evaluateControls(core, runtime, options).finally(() => core.dispose());
  const write = async (name: string, content: string) => {
    await using file = await createOutputFile(join(output, name));
    await file.write(content);
    await file.commit();
  };
  const text = evaluation.describeControlReport(report);
  await write('controls.md', `${text}\n`);
  await write('controls.json', JSON.stringify(report, null, 1));
  await write('controls.svg', evaluation.drawControlReport(report));
  await printLines(text);
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}
