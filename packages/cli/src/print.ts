import { once } from 'node:events';
import { ERROR_STATUS, EXIT_BUG, PcTalkError, type WarningReporter } from '@pctalk/core';

/** Writes a line to stdout and waits while its reader is behind. */
export async function printLine(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

/** Writes a value as JSON to stdout. */
export async function printJson(value: unknown): Promise<void> {
  await printLine(JSON.stringify(value, undefined, 2));
}

/** Writes warnings to stderr, each once. */
export function warnings(): WarningReporter {
  const seen = new Set<string>();
  return ({ message }) => {
    if (!seen.has(message)) process.stderr.write(`warning: ${message}\n`);
    seen.add(message);
  };
}

/**
 * Prints an error as one message, with its stack only when asked to.
 * @returns the exit status
 */
export function printError(error: unknown, options: { readonly debug: boolean }): number {
  const known = error instanceof PcTalkError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(known ? `error [${error.code}]: ${message}\n` : `error: ${message}\n`);
  if (!known) process.stderr.write('This is a fault of pctalk; please report it with the output of --debug.\n');
  if (options.debug) {
    for (let cause = error; cause instanceof Error; cause = cause.cause) process.stderr.write(`${cause.stack}\n`);
  }
  return known ? ERROR_STATUS[error.code].exit : EXIT_BUG;
}
