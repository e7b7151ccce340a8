import { readFileSync } from 'node:fs';
import { PcTalkError } from '@pctalk/core';
import { Command, CommanderError } from 'commander';
import { cacheCommand } from './commands/cache.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { inspectCommand } from './commands/inspect.ts';
import { limitsCommand } from './commands/limits.ts';
import { modelsCommand } from './commands/models.ts';
import { motionCommand } from './commands/motion.ts';
import { renderCommand } from './commands/render.ts';
import { sheetCommand } from './commands/sheet.ts';
import { trackCommand } from './commands/track.ts';
import { verifyCommand } from './commands/verify.ts';
import { hasReaderLeft, onInterrupt, reportStop } from './interrupt.ts';
import { printError } from './print.ts';

const HELP = `
Examples:
  pctalk render --sample --output hello.mp4
  pctalk inspect face.jpg
  pctalk verify hello.mp4

Do not make a person appear to say what they did not agree to. Every video states in its content credentials that it is
synthetic, and who agreed.`;

/** The command line with all its commands. */
export function createProgram(): Command {
  const program = new Command('pctalk')
    .description('make a portrait speak')
    .version(version(), '-V, --version')
    .addHelpText('after', HELP);
  const commands = [
    renderCommand(),
    inspectCommand(),
    motionCommand(),
    trackCommand(),
    sheetCommand(),
    verifyCommand(),
    modelsCommand(),
    cacheCommand(),
    limitsCommand(),
    evaluateCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands, ...commands.flatMap((parent) => parent.commands)]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .showSuggestionAfterError();
    if (command !== program) command.option('--debug', 'print the stack of an error');
  }
  return program;
}

/**
 * Runs one command line.
 * @param args without the program's own name
 * @returns the exit status
 */
export async function run(args: readonly string[]): Promise<number> {
  const options = { debug: args.includes('--debug') };
  using _ = onInterrupt(); // For the commands that do not listen themselves.
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (hasReaderLeft()) return 0;
    return reportStop(options, error) ?? printError(asUsage(error), options);
  }
}

/** Commander's complaints in our form; called without a command it shows the help, which is a complaint too. */
function asUsage(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.code === 'commander.help')
    return new PcTalkError('usage', 'expected a command, got none; see pctalk --help');
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return new PcTalkError('usage', `${message}; see pctalk --help`, { cause: error });
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
