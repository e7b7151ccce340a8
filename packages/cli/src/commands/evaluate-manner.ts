import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { type LipModelFlags, readLipModels } from '../lip-models.ts';
import { printLine } from '../print.ts';

interface MannerFlags extends LipModelFlags {
  readonly speech: readonly string[];
  readonly texts?: string;
}

const HELP = `
Example:
  pctalk evaluate manner --speech a.wav --speech b.flac --texts docs/evaluation/speech-texts.json`;

/** `pctalk evaluate manner`: closures as gestures, jumps, and the range of shapes. */
export function evaluateMannerCommand(): Command {
  return new Command('manner')
    .description('measure how lips move: closures of one frame, jumps, ranges of gap and width, closures of p b m')
    .requiredOption('--speech <file>', 'what is said; repeat', collect, [])
    .option('--texts <file>', 'what is said in words (JSON): by file name without its ending')
    .option('--model <file>', 'another speech model (.onnx) to measure beside the shipped one', collect, [])
    .option('--lips <folder>', 'another lip network to measure beside it', collect, [])
    .addHelpText('after', HELP)
    .action(evaluateManner);
}

async function evaluateManner({ speech, texts, model, lips }: MannerFlags): Promise<void> {
  const { PcTalkError, createSpeechDriver, readMeshBasis } = await import('@pctalk/core');
  const { createNodeRuntime, readTalkerAssets } = await import('@pctalk/node');
  const evaluation = await import('@pctalk/eval');
  const known = texts === undefined ? {} : await readTexts(texts);
  const runtime = createNodeRuntime();
  const assets = await readTalkerAssets();
  const ear = await createSpeechDriver(runtime, assets.speech);
  const speeches = [];
  for (const file of speech) {
    const name = basename(file, extname(file));
    const samples = await evaluation.soundOf(file);
    const text = known[name];
    const bilabials = text === undefined ? [] : await evaluation.findBilabials(ear, samples, text);
    speeches.push({ name, samples, bilabials });
  }
  await ear.dispose();
  const reports = [];
  for (const each of await readLipModels(runtime, { model, lips })) {
    reports.push({
      name: each.name,
      rows: await evaluation.watchManner(each, speeches, readMeshBasis(assets.basis)),
    });
    await each.dispose();
  }
  await printLine(evaluation.describeManner(reports));

  async function readTexts(file: string): Promise<Readonly<Record<string, string>>> {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    } catch (cause) {
      const got = cause instanceof Error ? cause.message : String(cause);
      throw new PcTalkError('usage', `--texts ${file}: expected texts by name (JSON), got ${got}`, { cause });
    }
  }
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}
