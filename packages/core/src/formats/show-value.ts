/** Most of a value that a message shows: letters, items of a list, lists inside one another. */
const LETTERS = 80;
const ITEMS = 8;
const DEPTH = 3;

/** A value from a file as a message shows it: however large or deeply nested it is, a few words. */
export function showValue(value: unknown): string {
  return clip(show(value, DEPTH), LETTERS);
}

/** A name from a file as a message shows it. */
export function showName(name: string): string {
  return clip(name, LETTERS);
}

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(clip(value, LETTERS));
  if (typeof value === 'bigint') return `${clip(value.toString(16), LETTERS)} (hexadecimal)`;
  if (typeof value !== 'object' || value === null) return typeof value === 'symbol' ? 'a mark' : String(value);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}';
  const isList = Array.isArray(value) || value instanceof Set;
  const items: string[] = [];
  for (const item of entriesOf(value)) {
    if (items.length === ITEMS) {
      items.push('…');
      break;
    }
    const text = isList ? show(item, depth - 1) : show((item as [unknown, unknown])[0], depth - 1);
    items.push(isList ? text : `${text}: ${show((item as [unknown, unknown])[1], depth - 1)}`);
  }
  return isList ? `[${items.join(', ')}]` : `{${items.join(', ')}}`;
}

function* entriesOf(value: object): Generator<unknown> {
  if (Array.isArray(value) || value instanceof Set || value instanceof Map) yield* value;
  else for (const name in value) yield [name, (value as Record<string, unknown>)[name]];
}

function clip(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters)}…`;
}
