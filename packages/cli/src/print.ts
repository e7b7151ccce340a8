import { once } from 'node:events';
import { ERROR_STATUS, EXIT_BUG, PcTalkError, type WarningReporter } from '@pctalk/core';

/**
 * What could steer a terminal, or change how the line around it reads: control, format and separator characters, and lone
 * halves of a pair. The joiners stay: Persian and emoji are written with them.
 */
const STEERING = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A stranger's text on one line, safe to show: line ends and tabs become spaces, what steers a terminal `\uXXXX`, which
 * inside JSON means the same. All that the program prints passes here, once.
 */
export function printable(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(STEERING, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** Writes a line to stdout and waits while its reader is behind. */
export async function printLine(text: string): Promise<void> {
  if (!process.stdout.write(`${printable(text)}\n`)) await once(process.stdout, 'drain');
}

/** Writes lines of our own, such as a table, to stdout. */
export async function printLines(text: string): Promise<void> {
  for (const line of text.split('\n')) await printLine(line);
}

/** Writes a value as JSON to stdout. */
export async function printJson(value: unknown): Promise<void> {
  await printLines(JSON.stringify(value, undefined, 2));
}

/** Writes a line to stderr: what is being done. */
export function printNote(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Writes warnings to stderr, each once. */
export function warnings(): WarningReporter {
  const seen = new Set<string>();
  return ({ message }) => {
    if (!seen.has(message)) printNote(`warning: ${message}`);
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
  printNote(known ? `error [${error.code}]: ${message}` : `error: ${message}`);
  if (!known) printNote('This is a fault of pctalk; please report it with the output of --debug.');
  if (options.debug) {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      for (const line of String(cause.stack).split('\n')) process.stderr.write(`${printable(line)}\n`);
    }
  }
  return known ? ERROR_STATUS[error.code].exit : EXIT_BUG;
}
