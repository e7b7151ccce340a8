import {
  type EarKind,
  OUTPUT_FORMATS,
  OUTPUT_KINDS,
  type OutputKind,
  PcTalkError,
  type WarningReporter,
} from '@pctalk/core';
import type { RenderFileOptions, RenderResult } from '@pctalk/node';
import { Command } from 'commander';
import { addClipOptions, type ClipFlags, readClipFlags } from '../clip-options.ts';
import { addEarOption, type EarFlags, readEar } from '../ear-option.ts';
import { onInterrupt } from '../interrupt.ts';
import { addNeuralOptions, type NeuralChoice, type NeuralFlags, readNeuralFlags } from '../neural-options.ts';
import {
  addPerformanceOptions,
  type PerformanceFlags,
  preparePerformanceFile,
  readPerformance,
  toldOnce,
} from '../performance-options.ts';
import { printJson, printLine, warnings } from '../print.ts';
import { showProgress } from '../progress.ts';
import { addSourceOptions, readSource, type SourceFlags } from '../source-options.ts';

interface RenderFlags extends SourceFlags, ClipFlags, PerformanceFlags, NeuralFlags, EarFlags {
  readonly consent?: string;
  readonly output?: string;
  readonly pasteBack?: true;
  readonly background?: string;
  readonly renderer?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  pctalk render --sample --output hello.mp4
  pctalk render -s face.jpg -a speech.wav -o out.mp4 --consent "Ada Example, by e-mail, 3 May"
  pctalk render -s face.jpg -a speech.mp3 -o out.mp4 --consent "myself" --emotion happy:all:0.6 --lip-scale 1.1
  pctalk render -s face.jpg -a speech.wav -o out.mp4 --consent "myself" --renderer liveportrait --device cuda
  pctalk render -s clip.mp4 -a speech.wav -o dubbed.mp4 --consent "the speaker" --when-short ping-pong
  pctalk render -s face.jpg -a speech.wav -o out.webm --consent "myself" --background transparent
  pctalk render -s group.png -a speech.m4a -o out.mp4 --consent "all three" --face-index 1 --paste-back

"pctalk limits" lists all names, limits and recommended ranges.`;

/** `pctalk render`: portrait and speech to a talking video. */
export function renderCommand(): Command {
  const command = new Command('render').description('make a talking video from a portrait or clip and speech');
  addSourceOptions(command)
    .option('-o, --output <name>', `what to write: ${OUTPUT_KINDS.map(describeKind).join('; ')}`)
    .option('--consent <text>', 'who agreed that the source be made to speak; required unless it is the bundled one')
    .option(
      '--paste-back',
      'put the face back into the whole picture (reduced to 1920 pixels a side, 1280 with liveportrait) instead of writing 512 × 512',
    );
  command.option(
    '--background <choice>',
    "behind the person of a picture: a colour (#1e90ff, black, white), a picture's file, or transparent (webm and png)",
  );
  addClipOptions(command);
  addNeuralOptions(command);
  return addPerformanceOptions(addEarOption(command))
    .option('--json', 'print the result as JSON, and no progress')
    .addHelpText('after', EXAMPLES)
    .action(render);
}

async function render(flags: RenderFlags): Promise<void> {
  using interrupt = onInterrupt();
  const onWarning = warnings();
  const ear = await readEar(flags);
  const choice = await readSource(flags);
  if (flags.output === undefined) {
    throw new PcTalkError(
      'usage',
      '--output: expected the name of a video, got nothing; name one, as in --output out.mp4',
    );
  }
  const performance = await readPerformance(flags, onWarning, choice.audio, {
    signal: interrupt.signal,
    maxDuration: choice.maxDuration,
  });
  const others = [choice.source, choice.audio, flags.output, flags.motionReference, flags.styleReference];
  await using saved = flags.savePerformance
    ? await preparePerformanceFile(flags.savePerformance, performance, others)
    : undefined;
  const neural = readNeuralFlags(flags, { unsafeRange: flags.unsafeRange === true, onWarning });
  using progress = showProgress({ silent: flags.json === true });
  const renderFile = await openRenderer(neural, ear, toldOnce(onWarning));
  const result = await renderFile({
    ...choice,
    ...readClipFlags(flags),
    output: flags.output,
    performance,
    pasteBack: flags.pasteBack === true,
    background: flags.background,
    unsafeRange: flags.unsafeRange === true,
    consent: flags.consent,
    signal: interrupt.signal,
    onProgress: progress.update,
  });
  await saved?.commit();
  progress[Symbol.dispose]();
  if (flags.json) await printJson(result);
  else await printLine(describe(result));
}

/** The renderer that was asked for; the networks are loaded late, so that help and refusals are quick. */
async function openRenderer(neural: NeuralChoice | undefined, ear: EarKind, onWarning: WarningReporter) {
  const { createTalker, renderNeuralFile } = await import('@pctalk/node');
  if (neural !== undefined) return (take: RenderFileOptions) => renderNeuralFile({ ...take, ...neural, onWarning });
  const talker = await createTalker({ ear, onWarning });
  return async (take: RenderFileOptions) => {
    await using open = talker;
    return await open.renderFile(take); // Awaited here, so that the talker is not disposed before.
  };
}

function describeKind(kind: OutputKind): string {
  const { extension, description } = OUTPUT_FORMATS[kind];
  return `${extension === '' ? 'name/' : extension} ${description}`;
}

function describe({ output, width, height, frames, duration, seconds }: RenderResult): string {
  const speed = duration / seconds.total;
  return `${output}: ${frames} frames, ${duration.toFixed(2)} s, ${width} × ${height}, made in ${seconds.total.toFixed(1)} s (${speed.toFixed(1)} × real time)`;
}
