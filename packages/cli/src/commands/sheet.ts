import { PcTalkError } from '@pctalk/core';
import { Command } from 'commander';
import { onInterrupt } from '../interrupt.ts';
import { readInteger } from '../number-options.ts';
import { printJson, printLine, warnings } from '../print.ts';

interface SheetFlags {
  readonly output?: string;
  readonly consent?: string;
  readonly compound?: true;
  readonly faceIndex?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  pctalk sheet face.jpg -o emotions.png --consent "Ada Example, by e-mail, 3 May"
  pctalk sheet face.jpg -o compound.png --consent "myself" --compound`;

/** `pctalk sheet`: a face with every emotion, as a picture. */
export function sheetCommand(): Command {
  return new Command('sheet')
    .description('draw a face with every emotion at rising intensity, or compound emotions, as one signed picture')
    .argument('<picture>', 'jpg, png or webp')
    .option('-o, --output <file>', 'picture to write (.png)')
    .option('--consent <text>', 'who agreed that the face be shown so; required unless it is the bundled one')
    .option('--compound', 'upper face of one emotion over the lower face of another')
    .option('--face-index <integer>', 'which face, from the left, if there are several')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(sheet);
}

async function sheet(source: string, flags: SheetFlags): Promise<void> {
  const { output, consent } = flags;
  if (output === undefined) {
    const message = '--output: expected the name of a picture, got nothing; name one, as in --output emotions.png';
    throw new PcTalkError('usage', message);
  }
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const onWarning = warnings();
  const faceIndex = flags.faceIndex === undefined ? undefined : readInteger('--face-index', flags.faceIndex, 0, 999);
  const { createTalker, drawEmotionSheet } = await import('@pctalk/node');
  await using talker = await createTalker({ onWarning });
  const kind = flags.compound ? 'compound' : 'intensity';
  const result = await drawEmotionSheet(talker.core, { source, output, kind, faceIndex, consent, onWarning, signal });
  if (flags.json) await printJson(result);
  else await printLine(`${result.output}: ${result.width} × ${result.height}`);
}
