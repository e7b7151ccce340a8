/**
 * Motion templates: head pose and expression over time, as LivePortrait stores them (.pkl, read without executing) or as
 * our JSON of the same content.
 *
 * @source KwaiVGI/LivePortrait src/live_portrait_pipeline.py (make_motion_template): field names and shapes
 */
import { z } from 'zod';
import { PcTalkError } from '../errors.ts';
import { MemoryBudget } from './memory-budget.ts';
import { NUMPY_GLOBALS, NumpyArray } from './numpy-pickle.ts';
import { parseJson } from './parse-json.ts';
import { type PickleValue, readPickle } from './pickle.ts';
import { toFloat32 } from './stored-tensor.ts';

/** Motion of one frame in LivePortrait's space: x = scale · (keypoints · rotation + expression) + translation. */
export interface MotionTemplateFrame {
  readonly scale: number;
  /** R `[3 × 3]`, row-major, for row vectors. */
  readonly rotation: Float32Array;
  /** δ `[21 × 3]`. */
  readonly expression: Float32Array;
  /** `[3]`. */
  readonly translation: Float32Array;
  /** Canonical keypoints `[21 × 3]`; some templates leave them out. */
  readonly keypoints?: Float32Array;
}

/** Motion over time, and how open eyes and lips are. */
export interface MotionTemplate {
  readonly fps: number;
  readonly frames: readonly MotionTemplateFrame[];
  /** Openness of the left and right eye a frame, where the template has it. */
  readonly eyeRatios?: readonly (readonly [number, number])[];
  /** Openness of the lips a frame, where the template has it. */
  readonly lipRatios?: readonly number[];
}

const numbers = (count: number) => z.array(z.number().finite()).length(count);
const FRAME_SCHEMA = z.object({
  scale: z.number().finite(),
  rotation: numbers(9),
  expression: numbers(63),
  translation: numbers(3),
  keypoints: numbers(63).optional(),
});
const TEMPLATE_SCHEMA = z.object({
  kind: z.literal('pctalk-motion-template'),
  version: z.literal(1),
  fps: z.number().positive().finite(),
  frames: z.array(z.unknown()).min(1),
});
const RATIOS_SCHEMA = z.object({
  eyeRatios: z.array(z.tuple([z.number(), z.number()])).optional(),
  lipRatios: z.array(z.number()).optional(),
});
/** What a frame of a template takes in memory, bytes. */
const FRAME_COST = 1600;

/**
 * Reads a motion template, JSON or LivePortrait's pickle, told apart by the first byte.
 * @throws `model-invalid` if it is neither, holds anything but numbers, or lacks a field.
 */
export function readMotionTemplate(bytes: Uint8Array, where: string): MotionTemplate {
  return bytes[0] === 0x7b ? readJson(bytes, where) : readTemplatePickle(bytes, where);
}

/** Writes a motion template as JSON; `readMotionTemplate` returns the same numbers. */
export function writeMotionTemplate(template: MotionTemplate): string {
  const plain = (_: string, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value);
  return JSON.stringify({ kind: 'pctalk-motion-template', version: 1, ...template }, plain);
}

function readJson(bytes: Uint8Array, where: string): MotionTemplate {
  let parsed: unknown;
  try {
    parsed = parseJson(new TextDecoder().decode(bytes));
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new PcTalkError('model-invalid', `${where}: expected a motion template as JSON, got ${got}.`, { cause });
  }
  const { fps, frames } = checked(TEMPLATE_SCHEMA, parsed, where);
  const { eyeRatios, lipRatios } = checked(RATIOS_SCHEMA, parsed, where);
  const read: MotionTemplateFrame[] = [];
  // One after the other, each let go of: thousands of lists of numbers take more memory than their text.
  for (const [index, frame] of (parsed as { frames: unknown[] }).frames.entries()) {
    read.push(readJsonFrame(frame, `${where}, frame ${index}`));
    frames[index] = (parsed as { frames: unknown[] }).frames[index] = undefined;
  }
  return {
    fps,
    frames: read,
    ...(eyeRatios === undefined ? {} : { eyeRatios }),
    ...(lipRatios === undefined ? {} : { lipRatios }),
  };
}

function readJsonFrame(value: unknown, where: string): MotionTemplateFrame {
  const { keypoints, ...frame } = checked(FRAME_SCHEMA, value, where);
  return {
    scale: frame.scale,
    rotation: Float32Array.from(frame.rotation),
    expression: Float32Array.from(frame.expression),
    translation: Float32Array.from(frame.translation),
    ...(keypoints === undefined ? {} : { keypoints: Float32Array.from(keypoints) }),
  };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PcTalkError('model-invalid', `${where}: ${z.prettifyError(result.error)}`, { cause: result.error });
}

function readTemplatePickle(bytes: Uint8Array, where: string): MotionTemplate {
  const budget = new MemoryBudget(bytes.length);
  const root = readPickle(bytes, { where, budget, globals: NUMPY_GLOBALS });
  const motion = field(root, where, 'motion');
  if (!Array.isArray(motion) || motion.length === 0) throw invalid(where, 'no frames under "motion"');
  spend(budget, motion.length * FRAME_COST, where);
  const frames = motion.map((entry, index) => readFrame(entry, `${where}, frame ${index}`));
  const eyes = optionalField(root, 'c_eyes_lst', 'c_d_eyes_lst');
  const lips = optionalField(root, 'c_lip_lst', 'c_d_lip_lst');
  return {
    fps: array(optionalField(root, 'output_fps') ?? 25, 1, `${where}, output_fps`)[0]!,
    frames,
    ...(Array.isArray(eyes) ? { eyeRatios: eyes.map((eye) => pair(array(eye, 2, `${where}, eye ratios`))) } : {}),
    ...(Array.isArray(lips) ? { lipRatios: lips.map((lip) => array(lip, 1, `${where}, lip ratios`)[0]!) } : {}),
  };
}

function spend(budget: MemoryBudget, bytes: number, where: string): void {
  try {
    budget.spend(bytes);
  } catch (cause) {
    throw invalid(where, (cause as Error).message);
  }
}

function readFrame(entry: PickleValue, where: string): MotionTemplateFrame {
  const keypoints = optionalField(entry, 'kp');
  return {
    scale: array(field(entry, where, 'scale'), 1, where)[0]!,
    rotation: array(field(entry, where, 'R', 'R_d'), 9, where),
    expression: array(field(entry, where, 'exp'), 63, where),
    translation: array(field(entry, where, 't'), 3, where),
    ...(keypoints === undefined ? {} : { keypoints: array(keypoints, 63, where) }),
  };
}

function optionalField(dict: PickleValue, ...names: readonly string[]): PickleValue {
  if (!(dict instanceof Map)) return undefined;
  for (const name of names) if (dict.has(name)) return dict.get(name);
  return undefined;
}

function field(dict: PickleValue, where: string, ...names: readonly string[]): PickleValue {
  const value = optionalField(dict, ...names);
  if (value === undefined) throw invalid(where, `no field ${names.map((name) => `"${name}"`).join(' or ')}`);
  return value;
}

function array(value: PickleValue, count: number, where: string): Float32Array {
  const data = value instanceof NumpyArray ? toFloat32(value) : typeof value === 'number' ? Float32Array.of(value) : [];
  if (data.length !== count || !data.every(Number.isFinite)) throw invalid(where, `not ${count} finite numbers`);
  return data as Float32Array;
}

function pair(values: Float32Array): readonly [number, number] {
  return [values[0]!, values[1]!];
}

function invalid(where: string, what: string): PcTalkError {
  return new PcTalkError('model-invalid', `${where}: expected a motion template, got ${what}.`);
}
