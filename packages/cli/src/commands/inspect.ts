import { Command } from 'commander';
import { onInterrupt } from '../interrupt.ts';
import { printJson, warnings } from '../print.ts';
import { startTalker } from '../talker.ts';

const EXAMPLES = `
Examples:
  pctalk inspect face.jpg
  pctalk inspect group.png --overlay seen.png`;

/** `pctalk inspect`: what the program sees in a portrait. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('print the faces of a picture, their pose and what may go wrong, as JSON')
    .argument('<picture>', 'jpg, png or webp')
    .option('--overlay <file>', 'write the picture with what was found drawn over it (.png)')
    .addHelpText('after', EXAMPLES)
    .action(inspect);
}

async function inspect(picture: string, flags: { readonly overlay?: string }): Promise<void> {
  using interrupt = onInterrupt();
  await using talker = await startTalker({ signal: interrupt.signal, onWarning: warnings() });
  await printJson(await talker.inspect(picture, flags));
}
