import {
  type CheckControlOptions,
  CONTROLS,
  type ControlName,
  checkControl,
  NEURAL_CONTROLS,
  type NeuralControlName,
  PcTalkError,
} from '@pctalk/core';

/**
 * Reads the number of a flag that is one of the controls.
 * @throws value-out-of-range
 */
export function readControl(
  flag: string,
  control: ControlName | NeuralControlName,
  text: string,
  options: CheckControlOptions,
): number {
  const value = readNumber(text);
  if (Number.isNaN(value)) {
    const [low, high] = { ...CONTROLS, ...NEURAL_CONTROLS }[control].limits;
    throw new PcTalkError('value-out-of-range', `${flag}: expected a number from ${low} to ${high}, got '${text}'`);
  }
  return checkControl(control, value, flag, options);
}

/**
 * Reads a whole number of a flag.
 * @throws value-out-of-range
 */
export function readInteger(flag: string, text: string, low: number, high: number): number {
  const value = readNumber(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new PcTalkError('value-out-of-range', `${flag}: expected a whole number from ${low} to ${high}, got '${text}'`);
}

/** Seconds in each unit of time that a flag may name. */
const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, min: 60, h: 3600 };

/**
 * Reads a span of time: seconds, or a number with s, min or h.
 * @returns seconds, above 0 and at most 1000 hours
 * @throws value-out-of-range
 */
export function readDuration(flag: string, text: string): number {
  const [, digits = '', unit = ''] = /^(.*?)\s*(s|min|h)?$/.exec(text.trim()) ?? [];
  const seconds = readNumber(digits) * UNITS[unit]!;
  if (seconds > 0 && seconds <= 3_600_000) return seconds;
  throw new PcTalkError(
    'value-out-of-range',
    `${flag}: expected a time up to 1000h, as in 5400, 90min or 12h, got '${text}'`,
  );
}

/** Decimal notation only: no empty text, no hexadecimal, no 'Infinity'. */
function readNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

/**
 * One of the names known to a flag.
 * @throws unknown-name
 */
export function oneOf<Name extends string>(flag: string, name: string, known: readonly Name[]): Name {
  const found = known.find((each) => each === name);
  if (found !== undefined) return found;
  throw new PcTalkError('unknown-name', `${flag}: expected ${known.join(' or ')}, got '${name}'`);
}
