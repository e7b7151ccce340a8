import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { checkFolder } from '../folders.ts';
import { printJson, printLine } from '../print.ts';

interface LipFlags {
  readonly media: string;
  readonly tracks: string;
  readonly model?: string;
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
    .option('--model <file>', 'speech model (.onnx) other than the shipped one')
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
  const own =
    model === undefined
      ? assets.speech
      : await readFile(model).catch((cause) => {
          throw new PcTalkError('model-missing', `--model ${model}: expected a file, got ${cause.message}`, { cause });
        });
  const onProgress = (what: string) => process.stderr.write(`${what}\n`);
  const evaluation = { media, tracks, model: own, onProgress };
  const reports = await evaluateLipGroups(evaluation, createNodeRuntime(), readMeshBasis(assets.basis));
  if (json) await printJson(reports);
  else await printLine(describeLipReports(reports));
}
