import { COEFFICIENTS, FPS, type PerformedFrame } from '@pctalk/core';
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
import { triples } from '../triples.ts';

const EXAMPLES = `
Each line is one frame: frameIndex, time (seconds), coefficients by name, keypoints (K_d, pixels of the 512 × 512 crop),
pose and gaze.

Examples:
  pctalk motion --sample > motion.jsonl
  pctalk motion -s face.jpg -a speech.wav --emotion sad | head -n 1`;

/** `pctalk motion`: the motion of a performance as JSON Lines, without drawing it. */
export function motionCommand(): Command {
  const command = new Command('motion').description('print keypoints and coefficients of every frame as JSON Lines');
  return addPerformanceOptions(addSourceOptions(command)).addHelpText('after', EXAMPLES).action(motion);
}

async function motion(flags: SourceFlags & PerformanceFlags): Promise<void> {
  using interrupt = onInterrupt();
  const onWarning = warnings();
  const choice = await readSource(flags);
  const performance = await readPerformance(flags, onWarning, choice.audio, interrupt.signal);
  await using saved = flags.savePerformance
    ? await preparePerformanceFile(flags.savePerformance, performance, [choice.source, choice.audio])
    : undefined;
  const { createTalker } = await import('@pctalk/node');
  await using talker = await createTalker({ onWarning });
  for await (const frame of talker.motion({
    ...choice,
    performance,
    unsafeRange: flags.unsafeRange === true,
    signal: interrupt.signal,
  })) {
    await printLine(JSON.stringify(plainFrame(frame)));
  }
  await saved?.commit();
}

/** A performed frame as plain JSON: coefficients by name, keypoints as triples in pixels of the 512 × 512 crop. */
function plainFrame({ frameIndex, driven }: PerformedFrame): object {
  const { keypoints, coefficients, pose, gaze } = driven;
  return {
    frameIndex,
    time: frameIndex / FPS,
    coefficients: Object.fromEntries(COEFFICIENTS.map((name, c) => [name, Math.round(coefficients[c]! * 1e5) / 1e5])),
    keypoints: triples(keypoints, 1e3),
    pose,
    gaze,
  };
}
