import { PcTalkError } from '../errors.ts';
import { showName } from './show-value.ts';

/** Longer names are never taken for misspelt ones, letters. */
const LONGEST_NAME = 64;

/**
 * Returns `name` if it is one of `valid`.
 * @param what what is being named, such as `--emotion` or `performance.emotion[0].region`.
 * @throws `unknown-name`, listing the valid names and the nearest one.
 */
export function checkName<T extends string>(what: string, name: string, valid: readonly T[]): T {
  const found = valid.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const nearest = nearestName(name, valid);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  throw new PcTalkError(
    'unknown-name',
    `${what}: expected one of ${valid.join(', ')}, got '${showName(name)}'${hint}`,
    {
      details: { name, valid, nearest },
    },
  );
}

/** The valid name within two edits of `name` (one for names of up to three letters), or undefined. */
export function nearestName<T extends string>(name: string, valid: readonly T[]): T | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  let best: T | undefined;
  let bestDistance = Math.min(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of valid) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
