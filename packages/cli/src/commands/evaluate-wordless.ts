import { basename } from 'node:path';
import { Command } from 'commander';
import { type LipModelFlags, readLipModels } from '../lip-models.ts';
import { printLines } from '../print.ts';

interface WordlessFlags extends LipModelFlags {
  readonly sound: readonly string[];
  readonly crowd: readonly string[];
}

const HELP = `
Example:
  pctalk evaluate wordless --lips candidate/ --crowd a.wav --crowd b.wav --crowd c.wav --crowd d.wav --crowd e.wav`;

/** `pctalk evaluate wordless`: lips at noise, breath, music and silence. */
export function evaluateWordlessCommand(): Command {
  return new Command('wordless')
    .description(
      'measure how still the lips are while nobody speaks: noise, breath, music, silence, and at their onset',
    )
    .option('--model <file>', 'another speech model (.onnx) to measure beside the shipped one', collect, [])
    .option('--lips <folder>', 'another lip network to measure beside it', collect, [])
    .option('--sound <file>', 'a sound of your own in which nobody speaks', collect, [])
    .option('--crowd <file>', 'a voice of a crowd; give five or more', collect, [])
    .addHelpText('after', HELP)
    .action(evaluateWordless);
}

async function evaluateWordless({ model, lips, sound, crowd }: WordlessFlags): Promise<void> {
  const { PcTalkError, readMeshBasis } = await import('@pctalk/core');
  if (crowd.length > 0 && crowd.length < 5) {
    throw new PcTalkError(
      'usage',
      `evaluate wordless: expected five voices or more, got ${crowd.length}; repeat --crowd`,
    );
  }
  const { createNodeRuntime, readAsset } = await import('@pctalk/node');
  const evaluation = await import('@pctalk/eval');
  const models = await readLipModels(createNodeRuntime(), { model, lips });
  const sounds = evaluation.wordlessSounds();
  for (const file of sound) {
    sounds.push({ name: basename(file), samples: evaluation.afterSilence(await evaluation.soundOf(file)) });
  }
  const voices = await Promise.all(crowd.map((file) => evaluation.soundOf(file)));
  if (voices.length > 0) sounds.push(evaluation.crowdOf(voices, -30), evaluation.crowdOf(voices, -20));
  const basis = readMeshBasis(await readAsset('mesh-basis.bin'));
  const reports = [];
  for (const each of models) {
    reports.push({ name: each.name, rows: await evaluation.wordlessFigures(each, sounds, basis) });
    await each.dispose();
  }
  await printLines(evaluation.describeWordless(reports));
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}
