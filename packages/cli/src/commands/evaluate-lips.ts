import { join } from 'node:path';
import { Command } from 'commander';
import { checkFolder, makeFolder } from '../folders.ts';
import { type LipModelFlags, readLipModels } from '../lip-models.ts';
import { printLines, printNote } from '../print.ts';

interface LipFlags extends LipModelFlags {
  readonly media: string;
  readonly tracks: string;
  readonly portrait: readonly string[];
  readonly speech?: string;
  readonly output?: string;
}

const HELP = `
Tracks come from packages/train/src/tracking/track-folder.ts: folders eval-grid_s1/, eval-talking/ and, to draw portraits
beside PC-Talk's clips, eval-pctalk-demo/.

Example:
  pctalk evaluate lips --media eval/ --tracks tracks/ --portrait face.jpg --speech speech.wav --output figures/`;

/** `pctalk evaluate lips`: the lips of speech against the lips of real people. */
export function evaluateLipsCommand(): Command {
  return new Command('lips')
    .description('hold the lips that speech gives against tracked lips of real people, and beside other lip sync')
    .requiredOption('--media <folder>', 'holds grid_s1/, talking/ and pctalk-demo/')
    .requiredOption('--tracks <folder>', 'holds eval-grid_s1/, eval-talking/ and eval-pctalk-demo/')
    .option('--model <file>', 'another speech model (.onnx) to measure beside the shipped one', collect, [])
    .option(
      '--lips <folder>',
      'another lip network (lac.onnx, lac-styles.safetensors) to measure beside it',
      collect,
      [],
    )
    .option('--full-ear', 'the lips of the full ear beside those of the light one')
    .option('--portrait <file>', "picture to draw in all styles and beside PC-Talk's clips", collect, [])
    .option('--speech <file>', 'what the portraits say, each the next 4.5 seconds')
    .option('-o, --output <folder>', 'where lips.md, lips.json and curves-*.svg go')
    .addHelpText('after', HELP)
    .action(evaluateLips);
}

async function evaluateLips({
  media,
  tracks,
  model,
  lips,
  fullEar,
  portrait,
  speech,
  output,
}: LipFlags): Promise<void> {
  await checkFolder('--media', media);
  await checkFolder('--tracks', tracks);
  if (output !== undefined) await makeFolder(output);
  const { TalkerCore, readMeshBasis } = await import('@pctalk/core');
  const { createNodeRuntime, createOutputFile, readAsset, readTalkerAssets } = await import('@pctalk/node');
  const evaluation = await import('@pctalk/eval');
  const assets = await readTalkerAssets();
  const runtime = createNodeRuntime();
  const onProgress = printNote;
  const models = await readLipModels(runtime, { model, lips, ...(fullEar && { fullEar }) });
  const given = { media, tracks, models, onProgress };
  const groups = await evaluation.evaluateLipGroups(given, runtime, readMeshBasis(assets.basis));
  for (const each of models) await each.dispose();
  const sections = [evaluation.describeLipReports(groups)];
  if (portrait.length > 0 && speech !== undefined) {
    const core = await TalkerCore.create(runtime, assets);
    const encoder = await readAsset('style-encoder.onnx');
    const drawn = { media, tracks, portraits: portrait, speech, models: { ...assets, encoder }, onProgress };
    sections.push(await evaluation.reportDrawnLips(core, runtime, drawn).finally(() => core.dispose()));
  }
  const text = sections.join('\n\n');
  await printLines(text);
  if (output === undefined) return;
  const write = async (name: string, content: string) => {
    await using file = await createOutputFile(join(output, name));
    await file.write(content);
    await file.commit();
  };
  await write('lips.md', `${text}\n`);
  const figures = Object.entries(groups).map(([name, { shown: _, ...rest }]) => [name, rest]);
  await write('lips.json', JSON.stringify(Object.fromEntries(figures), null, 1));
  for (const [i, { shown }] of Object.values(groups).entries()) {
    await write(`curves-${i + 1}.svg`, evaluation.drawLipCurves(shown));
  }
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}
