import {
  ARTICULATIONS,
  CONTROLS,
  type ControlRange,
  EARS,
  EMOTION_FITS,
  EMOTION_SOURCE_LIMITS,
  EMOTIONS,
  IMAGE_LIMITS,
  INPUT_LIMITS,
  MACHINE_LIMITS,
  NEURAL_CONTROLS,
  OUTPUT_FORMATS,
  REGIONS,
  SIDES,
  STYLES,
} from '@pctalk/core';
import { Command } from 'commander';
import { printJson, printLine, printLines } from '../print.ts';

/** `pctalk limits`: every control with its limits and recommended range, and every name. */
export function limitsCommand(): Command {
  return new Command('limits')
    .description('list all controls with limits and recommended ranges, and all names')
    .option('--json', 'print them as JSON')
    .action(limits);
}

async function limits(flags: { readonly json?: true }): Promise<void> {
  const names = {
    emotions: EMOTIONS,
    regions: REGIONS,
    sides: SIDES,
    articulations: ARTICULATIONS,
    styles: STYLES,
    emotionFits: EMOTION_FITS,
    ears: EARS,
  };
  if (flags.json)
    return printJson({
      controls: CONTROLS,
      neuralControls: NEURAL_CONTROLS,
      ...names,
      image: IMAGE_LIMITS,
      input: INPUT_LIMITS,
      outputs: OUTPUT_FORMATS,
      emotionSources: EMOTION_SOURCE_LIMITS,
      machine: MACHINE_LIMITS,
    });
  const controls: Readonly<Record<string, ControlRange>> = { ...CONTROLS, ...NEURAL_CONTROLS };
  const rows = Object.entries(controls).map(([name, { limits, recommended, default: initial, description }]) => [
    name,
    limits.join(' – '),
    recommended.join(' – '),
    String(initial),
    name in NEURAL_CONTROLS ? `liveportrait: ${description}` : description,
  ]);
  await printLines(table([['control', 'limits', 'recommended', 'default', ''], ...rows]));
  await printLine('');
  await printLines(table(Object.entries(names).map(([what, list]) => [what, list.join(', ')])));
  await printLine('');
  await printLine(`A region may have a side: brows.left. Sides are the subject's own.`);
  await printLine(`Pictures: ${IMAGE_LIMITS.minSide} pixels a side to ${IMAGE_LIMITS.maxPixels / 1e6} megapixels.`);
  for (const line of inputLimits()) await printLine(line);
  const { textCharacters, audioSeconds, videoSeconds } = EMOTION_SOURCE_LIMITS;
  await printLine(
    `Emotion is read from at most ${textCharacters} characters of text, ${audioSeconds} s of sound, ${videoSeconds} s of a clip.`,
  );
  const { trackBytes, trackDays, graphBytes, graphDays, packageBytes, stallSeconds, ffmpegBlockBytes } = MACHINE_LIMITS;
  await printLine(
    `Kept in the cache: tracks of faces, ${trackBytes / 2 ** 30} GiB and ${trackDays} days after their last use; graphs, ${graphBytes / 2 ** 30} GiB and ${graphDays} days.`,
  );
  await printLine(`A package that a model is taken out of: ${packageBytes / 2 ** 20} MiB, unpacked too.`);
  await printLine(
    `An ffmpeg that makes no progress is stopped after ${stallSeconds} s; it gets blocks of memory of at most ${ffmpegBlockBytes / 2 ** 20} MB.`,
  );
}

function inputLimits(): string[] {
  const { durationSeconds, framesPerSecond, headers, jsonBytes, readerFiles, readerBytes } = INPUT_LIMITS;
  const { manifestBytes, signedBytes } = INPUT_LIMITS;
  const megabytes = (bytes: number) => `${bytes / 2 ** 20} MB`;
  return [
    `Speech and clips: at most ${durationSeconds / 3600} hours, or as --max-duration says; a clip ${framesPerSecond} frames for each of these seconds, ${headers} boxes or chunks.`,
    `Weights, templates, tracks and JSON: read in at most ${readerFiles} times the file and ${megabytes(readerBytes)} of memory; JSON of at most ${megabytes(jsonBytes)}.`,
    `Verified: manifests of at most ${megabytes(manifestBytes)}; MP4 of any length if bound as usual, other files of at most ${megabytes(signedBytes)}.`,
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
