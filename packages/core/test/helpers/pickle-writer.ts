/** Writes pickles for tests: the values Python's pickle module would write, in protocol 2 or 4. */

/** A Python tuple. */
export class Tuple {
  readonly items: readonly unknown[];
  constructor(...items: readonly unknown[]) {
    this.items = items;
  }
}

/** A class or function named by the pickle. */
export class Global {
  readonly module: string;
  readonly name: string;
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** `callee(*args)`, then `__setstate__(state)` if there is a state. */
export class Call {
  readonly callee: Global;
  readonly args: readonly unknown[];
  readonly state: unknown;
  constructor(callee: Global, args: readonly unknown[], state?: unknown) {
    this.callee = callee;
    this.args = args;
    this.state = state;
  }
}

/** A reference the reader resolves by `persistentLoad`. */
export class PersistentId {
  readonly id: unknown;
  constructor(id: unknown) {
    this.id = id;
  }
}

/** Maps are dicts, arrays lists, Uint8Arrays bytes, integral numbers ints. */
export function writePickle(value: unknown, protocol: 2 | 4 = 2): Uint8Array {
  const out: number[] = [0x80, protocol];
  write(value, protocol, out);
  out.push(0x2e);
  return Uint8Array.from(out);
}

function write(value: unknown, protocol: 2 | 4, out: number[]): void {
  if (value === null) out.push(0x4e);
  else if (typeof value === 'boolean') out.push(value ? 0x88 : 0x89);
  else if (typeof value === 'number') writeNumber(value, out);
  else if (typeof value === 'string') writeText(value, out);
  else if (value instanceof Uint8Array) out.push(0x42, ...little(value.length, 4), ...value);
  else if (value instanceof Tuple) {
    out.push(0x28);
    for (const item of value.items) write(item, protocol, out);
    out.push(0x74);
  } else if (Array.isArray(value)) {
    out.push(0x5d, 0x28);
    for (const item of value) write(item, protocol, out);
    out.push(0x65);
  } else if (value instanceof Map) {
    out.push(0x7d, 0x28);
    for (const [key, item] of value) {
      write(key, protocol, out);
      write(item, protocol, out);
    }
    out.push(0x75);
  } else if (value instanceof Global) {
    if (protocol === 2) out.push(0x63, ...new TextEncoder().encode(`${value.module}\n${value.name}\n`));
    else {
      writeText(value.module, out);
      writeText(value.name, out);
      out.push(0x93);
    }
  } else if (value instanceof Call) {
    write(value.callee, protocol, out);
    write(new Tuple(...value.args), protocol, out);
    out.push(0x52);
    if (value.state !== undefined) {
      write(value.state, protocol, out);
      out.push(0x62);
    }
  } else if (value instanceof PersistentId) {
    write(value.id, protocol, out);
    out.push(0x51);
  } else throw new Error(`writePickle: no form for ${String(value)}`);
}

function writeNumber(value: number, out: number[]): void {
  if (Number.isInteger(value)) return void out.push(0x4a, ...little(value, 4));
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  out.push(0x47, ...new Uint8Array(bytes.buffer));
}

function writeText(text: string, out: number[]): void {
  const bytes = new TextEncoder().encode(text);
  out.push(0x58, ...little(bytes.length, 4), ...bytes);
}

function little(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (value >> (8 * i)) & 255);
}
