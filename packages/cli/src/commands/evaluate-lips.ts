import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { checkFolder } from '../folders.ts';
import { printJson, printLine } from '../print.ts';

interface LipFlags {
  readonly media: string;
  readonly tracks: string;
  readonly model: readonly string[];
  readonly json?: true;
}

const HELP = `
Tracks come from packages/train/src/tracking/track-folder.ts: one folder eval-grid_s1/, one eval-talking/.

Example:
  pctalk evaluate lips --media eval/ --tracks tracks/`;

/** `pctalk evaluate lips`: the lips of speech against the lips of real people. */
export function evaluateLipsCommand(): Command {
  return new Command('lips')
    .description('hold the lips that speech gives against tracked lips of real people')
    .requiredOption('--media <folder>', 'holds grid_s1/ and talking/')
    .requiredOption('--tracks <folder>', 'holds eval-grid_s1/ and eval-talking/')
    .option(
      '--model <file>',
      'another speech model (.onnx) to measure beside the shipped one; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', HELP)
    .action(evaluateLips);
}

async function evaluateLips({ media, tracks, model, json }: LipFlags): Promise<void> {
  await checkFolder('--media', media);
  await checkFolder('--tracks', tracks);
  const { PcTalkError, readMeshBasis } = await import('@pctalk/core');
  const { createNodeRuntime, readTalkerAssets } = await import('@pctalk/node');
  const { describeLipReports, evaluateLipGroups } = await import('@pctalk/eval');
  const assets = await readTalkerAssets();
  const models: Record<string, Uint8Array> = { ours: assets.speech };
  for (const file of model) {
    models[basename(file, '.onnx')] = await readFile(file).catch((cause) => {
      throw new PcTalkError('model-missing', `--model ${file}: expected a file, got ${cause.message}`, { cause });
    });
  }
  const onProgress = (what: string) => process.stderr.write(`${what}\n`);
  const evaluation = { media, tracks, models, onProgress };
  const reports = await evaluateLipGroups(evaluation, createNodeRuntime(), readMeshBasis(assets.basis));
  if (json) await printJson(reports);
  else await printLine(describeLipReports(reports));
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}
