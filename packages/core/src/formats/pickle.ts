/**
 * Reading Python pickles as data. Nothing is ever imported or called: a global name is looked up in an allow-list of
 * plain constructors, and any name outside it refuses the whole file.
 *
 * @source Python Lib/pickletools.py (opcodes and their arguments, protocols 0 to 5)
 */
import { PcTalkError } from '../errors.ts';
import { ByteReader, fromUnits, latin1 } from './byte-reader.ts';
import { MEMORY_COST, MemoryBudget } from './memory-budget.ts';
import { showValue } from './show-value.ts';

/** What a pickle becomes. Lists and tuples are arrays, dicts are Maps, bytes are Uint8Array, big integers are bigint. */
export type PickleValue = unknown;

/** A class or function the caller allows, by `module name`, and the plain value it stands for. */
export interface PickleGlobal {
  /** The value of calling it with positional arguments; throws an Error naming what was wrong with them. */
  readonly make: (args: readonly PickleValue[], budget: MemoryBudget) => PickleValue;
  /** Applies the pickled state to a value made here in place (`__setstate__`). */
  readonly setState?: (value: PickleValue, state: PickleValue, budget: MemoryBudget) => void;
}

/** What a pickle may name. */
export interface ReadPickleOptions {
  /** Names the file in errors. */
  readonly where: string;
  /** Allowed globals by `module name`, such as `collections OrderedDict`. */
  readonly globals: Readonly<Record<string, PickleGlobal>>;
  /** Resolves a persistent id; without it, persistent ids are refused. */
  readonly persistentLoad?: (id: PickleValue) => PickleValue;
  /** Of the file the pickle lies in. @default as of a file that is the pickle alone */
  readonly budget?: MemoryBudget;
}

/** An allowed name that the pickle mentions without calling it, such as the class of a storage. */
export class PickleReference {
  readonly name: string;
  readonly global: PickleGlobal;
  constructor(name: string, global: PickleGlobal) {
    this.name = name;
    this.global = global;
  }
}

const MARK = Symbol('mark');
/** Containers inside one another; those of weights and templates are four deep. */
const MOST_NESTED = 100;

/**
 * Reads one pickled value.
 * @throws `model-invalid` if the pickle is truncated or malformed, or names a global outside `options.globals`.
 */
export function readPickle(bytes: Uint8Array, options: ReadPickleOptions): PickleValue {
  try {
    return new PickleMachine(bytes, options).run();
  } catch (cause) {
    if (cause instanceof PcTalkError) throw cause;
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new PcTalkError('model-invalid', `${options.where}: expected a pickle of plain data, got ${what}.`, {
      cause,
    });
  }
}

class PickleMachine {
  readonly #reader: ByteReader;
  readonly #options: ReadPickleOptions;
  readonly #stack: PickleValue[] = [];
  /** Values by number, as all picklers count them: 0, 1, 2, … or from 1. */
  readonly #memo: PickleValue[] = [];
  /** Which global made an object, so that BUILD knows how to apply its state. */
  readonly #origins = new WeakMap<object, PickleGlobal>();
  /** Containers inside one another, of each container that holds some. */
  readonly #depths = new WeakMap<object, number>();
  /** Containers that lie in another. */
  readonly #placed = new WeakSet<object>();
  readonly #budget: MemoryBudget;
  /** Most values the stack has held. */
  #highest = 0;

  constructor(bytes: Uint8Array, options: ReadPickleOptions) {
    this.#budget = options.budget ?? new MemoryBudget(bytes.length);
    this.#reader = new ByteReader(bytes, (what) => this.#fail(what));
    this.#options = options;
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.#reader.uint8();
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#step(opcode);
      if (this.#stack.length <= this.#highest) continue;
      this.#budget.spend(MEMORY_COST.grown * (this.#stack.length - this.#highest));
      this.#highest = this.#stack.length;
    }
  }

  #step(opcode: number): void {
    const stack = this.#stack;
    switch (opcode) {
      case 0x80: // PROTO
        if (this.#reader.uint8() > 5) this.#fail('a protocol above 5');
        return;
      case 0x95: // FRAME
        this.#reader.uint64();
        return;
      case 0x28: // MARK
        stack.push(MARK);
        return;
      case 0x30: // POP
        this.#popAny();
        return;
      case 0x31: // POP_MARK
        this.#popMark();
        return;
      case 0x32: // DUP
        stack.push(this.#top());
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
        stack.push(true);
        return;
      case 0x89: // NEWFALSE
        stack.push(false);
        return;
      case 0x49: // INT
      case 0x4c: // LONG
        stack.push(this.#decimal());
        return;
      case 0x4a: // BININT
        stack.push(this.#reader.int32());
        return;
      case 0x4b: // BININT1
        stack.push(this.#reader.uint8());
        return;
      case 0x4d: // BININT2
        stack.push(this.#reader.uint16());
        return;
      case 0x8a: // LONG1
        stack.push(this.#integer(this.#reader.take(this.#reader.uint8())));
        return;
      case 0x8b: // LONG4
        stack.push(this.#integer(this.#reader.take(this.#reader.uint32())));
        return;
      case 0x46: // FLOAT
        stack.push(this.#float(this.#reader.line()));
        return;
      case 0x47: // BINFLOAT
        stack.push(this.#reader.float64BigEndian());
        return;
      case 0x53: // STRING
        stack.push(this.#text(this.#quoted()));
        return;
      case 0x54: // BINSTRING
        stack.push(this.#text(latin1(this.#reader.take(this.#reader.uint32()))));
        return;
      case 0x55: // SHORT_BINSTRING
        stack.push(this.#text(latin1(this.#reader.take(this.#reader.uint8()))));
        return;
      case 0x56: // UNICODE
        stack.push(this.#text(readEscapes(this.#reader.line())));
        return;
      case 0x58: // BINUNICODE
        stack.push(this.#text(this.#reader.text(this.#reader.uint32())));
        return;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(this.#text(this.#reader.text(this.#reader.uint8())));
        return;
      case 0x8d: // BINUNICODE8
        stack.push(this.#text(this.#reader.text(this.#reader.uint64())));
        return;
      case 0x42: // BINBYTES
        stack.push(this.#view(this.#reader.take(this.#reader.uint32())));
        return;
      case 0x43: // SHORT_BINBYTES
        stack.push(this.#view(this.#reader.take(this.#reader.uint8())));
        return;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(this.#view(this.#reader.take(this.#reader.uint64())));
        return;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push(this.#holding([]));
        return;
      case 0x7d: // EMPTY_DICT
        stack.push(this.#dict());
        return;
      case 0x8f: // EMPTY_SET
        stack.push(this.#set([]));
        return;
      case 0x6c: // LIST
      case 0x74: // TUPLE
        stack.push(this.#holding(this.#popMark()));
        return;
      case 0x64: // DICT
        stack.push(this.#setItems(this.#dict(), this.#popMark()));
        return;
      case 0x91: // FROZENSET
        stack.push(this.#set(this.#holding(this.#popMark())));
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push(this.#holding(this.#popMany(opcode - 0x84)));
        return;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return;
      case 0x65: // APPENDS
        this.#append(this.#popMark());
        return;
      case 0x73: // SETITEM
        this.#setItems(this.#below(2), this.#popMany(2));
        return;
      case 0x75: {
        // SETITEMS
        const items = this.#popMark();
        this.#setItems(this.#top(), items);
        return;
      }
      case 0x90: {
        // ADDITEMS
        const items = this.#popMark();
        const set = this.#top();
        if (!(set instanceof Set)) this.#fail('items added to what is not a set');
        this.#place(set, items);
        this.#budget.spend(items.length * MEMORY_COST.entry);
        for (const item of items) set.add(item);
        return;
      }
      case 0x67: // GET
        stack.push(this.#recall(Number(this.#reader.line())));
        return;
      case 0x68: // BINGET
        stack.push(this.#recall(this.#reader.uint8()));
        return;
      case 0x6a: // LONG_BINGET
        stack.push(this.#recall(this.#reader.uint32()));
        return;
      case 0x70: // PUT
        this.#keep(Number(this.#reader.line()));
        return;
      case 0x71: // BINPUT
        this.#keep(this.#reader.uint8());
        return;
      case 0x72: // LONG_BINPUT
        this.#keep(this.#reader.uint32());
        return;
      case 0x94: // MEMOIZE
        this.#keep(this.#memo.length);
        return;
      case 0x50: // PERSID
        stack.push(this.#persistent(this.#reader.line()));
        return;
      case 0x51: // BINPERSID
        stack.push(this.#persistent(this.#pop()));
        return;
      case 0x63: // GLOBAL
        stack.push(this.#global(this.#reader.line(), this.#reader.line()));
        return;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        stack.push(this.#global(module, name));
        return;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [callee, args] = this.#popMany(2);
        stack.push(this.#call(callee, args));
        return;
      }
      case 0x92: {
        // NEWOBJ_EX
        const [callee, args, keywords] = this.#popMany(3);
        if (!(keywords instanceof Map) || keywords.size > 0) this.#fail('a constructor with keyword arguments');
        stack.push(this.#call(callee, args));
        return;
      }
      case 0x69: {
        // INST
        const callee = this.#global(this.#reader.line(), this.#reader.line());
        stack.push(this.#call(callee, this.#popMark()));
        return;
      }
      case 0x6f: {
        // OBJ
        const [callee, ...args] = this.#popMark();
        stack.push(this.#call(callee, args));
        return;
      }
      case 0x62: // BUILD
        this.#build();
        return;
      default: // EXT1, EXT2, EXT4, NEXT_BUFFER, READONLY_BUFFER and whatever is no opcode
        this.#fail(`opcode 0x${opcode.toString(16)} at byte ${this.#reader.position - 1}, which is not read here`);
    }
  }

  #global(module: PickleValue, name: PickleValue): PickleReference {
    const full = `${module} ${name}`;
    if (!Object.hasOwn(this.#options.globals, full)) {
      throw new PcTalkError(
        'model-invalid',
        `${this.#options.where}: expected a pickle of plain data, got a reference to ${showValue(`${module}.${name}`)}, ` +
          'which is not on the list of allowed names. Nothing was executed; do not load this file in Python unless you trust it.',
        { details: { global: `${module}.${name}` } },
      );
    }
    this.#budget.spend(MEMORY_COST.object);
    return new PickleReference(full, this.#options.globals[full]!);
  }

  #call(callee: PickleValue, args: PickleValue): PickleValue {
    if (!(callee instanceof PickleReference)) return this.#fail('a call of what is not an allowed name');
    if (!Array.isArray(args)) return this.#fail(`arguments of ${callee.name} that are not a tuple`);
    this.#budget.spend(MEMORY_COST.object + args.length * MEMORY_COST.slot);
    const value = callee.global.make(args, this.#budget);
    if (typeof value === 'object' && value !== null) {
      this.#origins.set(value, callee.global);
      if (!this.#placed.has(value)) this.#place(value, args); // else it is one of the arguments
    }
    return value;
  }

  #build(): void {
    const state = this.#pop();
    const value = this.#top();
    const origin = typeof value === 'object' && value !== null ? this.#origins.get(value) : undefined;
    if (origin?.setState === undefined) this.#fail('state for an object that takes none');
    this.#place(value as object, [state]);
    origin.setState(value, state, this.#budget);
  }

  #persistent(id: PickleValue): PickleValue {
    this.#budget.spend(MEMORY_COST.object);
    return this.#options.persistentLoad?.(id) ?? this.#fail('a persistent id');
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) this.#fail('items appended to what is not a list');
    this.#place(list, items);
    this.#budget.spend(items.length * MEMORY_COST.grown);
    for (const item of items) list.push(item);
  }

  #holding(items: PickleValue[]): PickleValue[] {
    this.#budget.spend(MEMORY_COST.list + items.length * MEMORY_COST.slot);
    this.#place(items, items);
    return items;
  }

  #dict(): Map<PickleValue, PickleValue> {
    this.#budget.spend(MEMORY_COST.dict);
    return new Map();
  }

  #set(items: readonly PickleValue[]): Set<PickleValue> {
    this.#budget.spend(MEMORY_COST.dict + items.length * MEMORY_COST.entry);
    return new Set(items);
  }

  #text(text: string): string {
    this.#budget.spend(MEMORY_COST.text + text.length);
    return text;
  }

  #view(bytes: Uint8Array): Uint8Array {
    this.#budget.spend(MEMORY_COST.view);
    return bytes;
  }

  /** Stores the top of the stack to be recalled by number. */
  #keep(index: number): void {
    const memo = this.#memo;
    if (!(index <= memo.length + 1)) this.#fail(`memo ${index} after ${memo.length}`);
    if (index >= memo.length) this.#budget.spend(MEMORY_COST.grown * (index + 1 - memo.length));
    if (index === memo.length + 1) memo.push(undefined);
    memo[index] = this.#top();
  }

  /**
   * Keeps count of how deep containers lie in one another. One that lies in another is complete, as Python writes it:
   * else it could be filled again and again from inside, deeper than is counted.
   */
  #place(container: object, items: readonly PickleValue[]): void {
    if (this.#placed.has(container)) this.#fail('a value that changes after it was put into another');
    let depth = this.#depths.get(container) ?? 1;
    for (const item of items) {
      if (typeof item !== 'object' || item === null || item === container) continue;
      depth = Math.max(depth, 1 + (this.#depths.get(item) ?? 1));
      if (this.#placed.has(item)) continue;
      this.#placed.add(item);
      this.#budget.spend(MEMORY_COST.entry);
    }
    if (depth > MOST_NESTED) this.#fail(`values nested more than ${MOST_NESTED} deep`);
    if (depth > 1) this.#depths.set(container, depth);
  }

  #setItems(target: PickleValue, items: readonly PickleValue[]): PickleValue {
    if (!(target instanceof Map)) return this.#fail('items set on what is not a dict');
    if (items.length % 2 !== 0) return this.#fail('a dict item without a value');
    this.#place(target, items);
    this.#budget.spend((items.length / 2) * MEMORY_COST.entry);
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
    return target;
  }

  #recall(index: number): PickleValue {
    const value = this.#memo[index];
    if (value === undefined) this.#fail(`memo ${index}, which was never stored`);
    return value;
  }

  #top(): PickleValue {
    return this.#below(0);
  }

  /** The value `depth` places under the top of the stack. */
  #below(depth: number): PickleValue {
    const index = this.#stack.length - 1 - depth;
    const value = this.#stack[index];
    if (index < 0 || value === MARK) this.#fail('an empty stack');
    return value;
  }

  #pop(): PickleValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popAny(): void {
    if (this.#stack.length === 0) this.#fail('an empty stack');
    this.#stack.pop();
  }

  #popMany(count: number): PickleValue[] {
    for (let depth = 0; depth < count; depth++) this.#below(depth);
    return this.#stack.splice(this.#stack.length - count);
  }

  #popMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) this.#fail('a closing without its mark');
    const items = this.#stack.splice(mark);
    items.shift();
    return items;
  }

  #quoted(): string {
    const text = /^(['"])(.*)\1$/.exec(this.#reader.line())?.[2];
    if (text === undefined || text.includes('\\')) return this.#fail('a protocol 0 string with escapes');
    return text;
  }

  #decimal(): number | bigint | boolean {
    const text = this.#reader.line();
    if (text === '00') return false;
    if (text === '01') return true;
    const digits = /^([+-]?\d{1,400})L?$/.exec(text)?.[1];
    if (digits === undefined) return this.#fail(`the integer ${showValue(text)}`);
    return narrow(BigInt(digits));
  }

  #float(text: string): number {
    const special: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN };
    const value = special[text] ?? Number(text);
    if (Number.isNaN(value) && text !== 'nan') this.#fail(`the number ${showValue(text)}`);
    return value;
  }

  /** Little-endian two's complement of any length, as LONG1 and LONG4 hold it. */
  #integer(bytes: Uint8Array): number | bigint {
    if (bytes.length > 256) this.#fail(`an integer of ${bytes.length} bytes`);
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return narrow(BigInt.asIntN(bytes.length * 8, value));
  }

  #fail(what: string): never {
    throw new PcTalkError('model-invalid', `${this.#options.where}: expected a whole pickle, got ${what}.`);
  }
}

function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** A number of a pickle; NaN for anything else. Nothing is turned into text: shared lists would become endless ones. */
export function pickledNumber(value: PickleValue): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** A text of a pickle; empty for anything else. */
export function pickledText(value: PickleValue): string {
  return typeof value === 'string' ? value : '';
}

/** Protocol 0 writes code points beyond Latin-1 as \uXXXX or \UXXXXXXXX. */
function readEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  const units = new Uint16Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; ) {
    const point = escapedPoint(text, i);
    if (point === undefined) units[count++] = text.charCodeAt(i++);
    else {
      for (const unit of String.fromCodePoint(point).split('')) units[count++] = unit.charCodeAt(0);
      i += text[i + 1] === 'u' ? 6 : 10;
    }
  }
  return fromUnits(units.subarray(0, count));
}

/** The code point of the escape that begins at `at`, if one does. */
function escapedPoint(text: string, at: number): number | undefined {
  if (text[at] !== '\\') return undefined;
  const digits = text[at + 1] === 'u' ? 4 : text[at + 1] === 'U' ? 8 : 0;
  let point = digits === 0 || at + 2 + digits > text.length ? Number.NaN : 0;
  for (let i = at + 2; i < at + 2 + digits; i++) point = point * 16 + Number.parseInt(text[i]!, 16);
  return point <= 0x10ffff ? point : undefined;
}
