import { parse } from 'node:path';
import { PcTalkError, type SourceTrack } from '@pctalk/core';
import { Command } from 'commander';
import { onInterrupt } from '../interrupt.ts';
import { readDuration, readInteger } from '../number-options.ts';
import { printJson, warnings } from '../print.ts';
import { MAX_DURATION } from '../source-options.ts';

interface TrackFlags {
  readonly output?: string;
  readonly faceIndex?: string;
  readonly maxDuration?: string;
}

const EXAMPLES = `
Examples:
  pctalk track clip.mp4
  pctalk track clip.mp4 --output clip.json
  pctalk track group.mov --face-index 1 --output second.track`;

/** `pctalk track`: the face of a clip, frame by frame. */
export function trackCommand(): Command {
  return new Command('track')
    .description('follow the face of a clip, print what was found, and keep the track for rendering')
    .argument('<clip>', 'mp4, mov or webm')
    .option('-o, --output <file>', 'write the landmarks of every frame (.json, or .track for the compact form)')
    .option('--face-index <integer>', 'which face, when there are several: 0 is the leftmost')
    .option(...MAX_DURATION)
    .addHelpText('after', EXAMPLES)
    .action(track);
}

async function track(clip: string, flags: TrackFlags): Promise<void> {
  using interrupt = onInterrupt();
  const isJson = flags.output?.toLowerCase().endsWith('.json') ?? false;
  if (flags.output !== undefined && !isJson && !flags.output.toLowerCase().endsWith('.track')) {
    throw new PcTalkError(
      'output-unwritable',
      `--output: expected a name that ends in .json or .track, got '${flags.output}'; name it ${parse(flags.output).name}.json`,
    );
  }
  const faceIndex = flags.faceIndex === undefined ? undefined : readInteger('--face-index', flags.faceIndex, 0, 999);
  const { sourceTrackToJson, writeSourceTrack } = await import('@pctalk/core');
  const { createOutputFile, createTalker, openClip, sha256 } = await import('@pctalk/node');
  await using output =
    flags.output === undefined ? undefined : await createOutputFile(flags.output, { inputs: [clip] });
  const onWarning = warnings();
  await using talker = await createTalker({ onWarning });
  const maxDuration = flags.maxDuration === undefined ? undefined : readDuration('--max-duration', flags.maxDuration);
  const options = { faceIndex, maxDuration, signal: interrupt.signal };
  const { source } = await openClip(talker.core, clip, options, { version: 1 }, onWarning);
  if (output !== undefined) {
    await output.write((isJson ? sourceTrackToJson : writeSourceTrack)(source.track, sha256));
    await output.commit();
  }
  await printJson({ clip, ...summary(source.track) });
}

function summary({ fps, width, height, frameCount, seen, findings }: SourceTrack): object {
  return { fps, width, height, frameCount, framesWithFace: seen.reduce((sum, is) => sum + is, 0), findings };
}
