import { Command } from 'commander';
import { onInterrupt } from '../interrupt.ts';
import {
  addPerformanceOptions,
  type PerformanceFlags,
  preparePerformanceFile,
  readPerformance,
} from '../performance-options.ts';
import { printLine, warnings } from '../print.ts';
import { addSourceOptions, readSource, type SourceFlags } from '../source-options.ts';
import { startTalker } from '../talker.ts';

const EXAMPLES = `
Each line is one frame: frameIndex, time, coefficients, keypoints (K_d), pose.

Examples:
  pctalk motion --sample > motion.jsonl
  pctalk motion -s face.jpg -a speech.wav --consent "myself" --emotion sad | head -n 1`;

/** `pctalk motion`: the motion of a performance as JSON Lines, without drawing it. */
export function motionCommand(): Command {
  const command = new Command('motion').description('print keypoints and coefficients of every frame as JSON Lines');
  return addPerformanceOptions(addSourceOptions(command)).addHelpText('after', EXAMPLES).action(motion);
}

async function motion(flags: SourceFlags & PerformanceFlags): Promise<void> {
  using interrupt = onInterrupt();
  const onWarning = warnings();
  const choice = await readSource(flags);
  const performance = await readPerformance(flags, onWarning);
  await using saved = flags.savePerformance
    ? await preparePerformanceFile(flags.savePerformance, performance)
    : undefined;
  await using talker = await startTalker({ signal: interrupt.signal, onWarning });
  for await (const frame of talker.motion({ ...choice, performance, signal: interrupt.signal })) {
    await printLine(JSON.stringify(frame, plainArrays));
  }
  await saved?.commit();
}

/** Typed arrays as JSON arrays. */
function plainArrays(_key: string, value: unknown): unknown {
  return value instanceof Float32Array ? Array.from(value) : value;
}
