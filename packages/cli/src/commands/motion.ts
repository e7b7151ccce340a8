import { Command } from 'commander';
import { addEarOption, type EarFlags, readEar } from '../ear-option.ts';
import { onInterrupt } from '../interrupt.ts';
import { MOTION_FORMAT_NAMES, MOTION_FORMATS } from '../motion-formats.ts';
import { oneOf } from '../number-options.ts';
import {
  addPerformanceOptions,
  type PerformanceFlags,
  preparePerformanceFile,
  readPerformance,
  toldOnce,
} from '../performance-options.ts';
import { printLine, warnings } from '../print.ts';
import { addSourceOptions, readSource, type SourceFlags } from '../source-options.ts';

const EXAMPLES = `
Formats, one line a frame:
  jsonl      frameIndex, time (seconds), coefficients by name and their parts lips, emotion and life (D_l, D_e, D_u),
             keypoints (K_d, pixels of the 512 × 512 crop), pose and gaze
  arkit-csv  the 52 blendshapes of ARKit with head and eyes, as Live Link Face records them (25 fps)
  visemes    frameIndex, time and the 15 Oculus visemes as heard, 0–1: which sound, not how far the mouth moves

Examples:
  pctalk motion --sample > motion.jsonl
  pctalk motion --sample --format arkit-csv > motion.csv
  pctalk motion -s face.jpg -a speech.wav --emotion sad | head -n 1`;

/** `pctalk motion`: the motion of a performance without drawing it. */
export function motionCommand(): Command {
  const command = new Command('motion').description('print keypoints and coefficients of every frame');
  addSourceOptions(command).option('--format <name>', MOTION_FORMAT_NAMES.join(', '), 'jsonl');
  return addPerformanceOptions(addEarOption(command)).addHelpText('after', EXAMPLES).action(motion);
}

async function motion(flags: SourceFlags & PerformanceFlags & EarFlags & { readonly format: string }): Promise<void> {
  using interrupt = onInterrupt();
  const onWarning = warnings();
  const { header, line } = MOTION_FORMATS[oneOf('--format', flags.format, MOTION_FORMAT_NAMES)];
  const ear = await readEar(flags);
  const choice = await readSource(flags);
  const performance = await readPerformance(flags, onWarning, choice.audio, {
    signal: interrupt.signal,
    maxDuration: choice.maxDuration,
  });
  await using saved = flags.savePerformance
    ? await preparePerformanceFile(flags.savePerformance, performance, [choice.source, choice.audio])
    : undefined;
  const { createTalker } = await import('@pctalk/node');
  await using talker = await createTalker({ ear, onWarning: toldOnce(onWarning) });
  if (header !== undefined) await printLine(header);
  for await (const frame of talker.motion({
    ...choice,
    performance,
    unsafeRange: flags.unsafeRange === true,
    signal: interrupt.signal,
  })) {
    await printLine(line(frame));
  }
  await saved?.commit();
}
