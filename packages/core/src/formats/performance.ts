/**
 * The performance: one JSON document that says how a source is to move while it speaks. Times are seconds, intervals
 * half open. Same performance, source, audio and models: same frames. Fields this version does not know survive a
 * round trip; a misspelt known field is refused.
 */
import { z } from 'zod';
import { PcTalkError, type WarningReporter } from '../errors.ts';
import { limitWarnings } from '../limit-warnings.ts';
import { LIP_COEFFICIENTS } from '../motion/coefficients.ts';
import { ARTICULATIONS, EMOTIONS, REGION_SIDES, type RegionSide } from '../motion/emotions.ts';
import { type ControlName, checkControl } from './controls.ts';
import { checkName, nearestName } from './nearest-name.ts';
import { showName } from './show-value.ts';

/** Version of the document that this code writes and reads. */
export const PERFORMANCE_VERSION = 1;

/** Faults of the schema that an error lists in its details. */
const ISSUES_KEPT = 20;

/** How a keyframe leads to the next: hold its value, straight, or smooth at both ends. */
export const EASINGS = ['hold', 'linear', 'smooth'] as const;

const keyframe = z.looseObject({
  time: z.number().min(0),
  value: z.number(),
  /** @default 'smooth' */
  easing: z.enum(EASINGS).optional(),
});
const level = z.union([z.number(), z.array(keyframe).min(1)], {
  error: 'expected a number, or keyframes with rising times and values; see docs/guide/performance.md',
});

/** Where a clip holds: seconds, words (by number, both included), or everything if neither is given. */
const span = {
  start: z.number().min(0).optional(),
  end: z.number().min(0).optional(),
  words: z.tuple([z.int().min(0), z.int().min(0)]).optional(),
  /** Seconds over which the clip fades in before its start and out after its end. @default 0.12 */
  ease: z.number().min(0).max(10).optional(),
};

const clip = z.looseObject({ ...span, value: level });
const track = z.union([z.number(), z.array(clip)], {
  error: 'expected a number, or clips with a value; see docs/guide/performance.md',
});
const word = z.looseObject({
  text: z.string(),
  start: z.number().min(0),
  end: z.number().min(0),
  origin: z.enum(['given', 'aligned']),
});

/** Radians relative to the source's own; a curve has one value a frame. */
const angles = z
  .array(
    z
      .number()
      .min(-Math.PI / 2)
      .max(Math.PI / 2),
  )
  .min(1);
/** Motion borrowed from a clip, at the frame rate of the video; past its end it runs back and forth. */
const motion = z.looseObject({
  fps: z.literal(25),
  pitch: angles,
  yaw: angles,
  roll: angles,
  /** Closure of the lids, 0–1. */
  blink: z.array(z.number().min(0).max(1)).min(1),
  gazeYaw: angles,
  gazePitch: angles,
  /** What the curves were read from. */
  source: z.looseObject({ kind: z.literal('video'), sha256: z.string() }).optional(),
});

/** Numbers of an embedding of a speaking style. */
const STYLE_WIDTH = 192;
/** A manner of speaking: the name of one, or what was read off a clip. */
const manner = {
  preset: z.string().optional(),
  embedding: z
    .looseObject({
      space: z.literal('mesh'),
      /** The lip network it belongs to. */
      model: z.string(),
      values: z.array(z.number()).length(STYLE_WIDTH),
      /** What it was read from. */
      source: z.looseObject({ kind: z.literal('video'), sha256: z.string() }).optional(),
    })
    .optional(),
};

const articulationVector = z.looseObject({ name: z.string().min(1), vector: z.record(z.string(), z.number()) });

const performance = z.looseObject({
  version: z.literal(PERFORMANCE_VERSION),
  space: z.literal('mesh').optional(),
  /** SHA-256 of the models that made the curves, for the record. */
  models: z.record(z.string(), z.string()).optional(),
  /** Head motion, blinks and gaze follow from it. @default 0 */
  seed: z.int().min(0).max(0xffffffff).optional(),
  words: z.array(word).optional(),
  /** Overlaps: the last wins, eased. */
  lipScale: track.optional(),
  /** Further movements of the lips by name: directions over their coefficients, for `articulation`. */
  articulations: z.array(articulationVector).optional(),
  /** Overlaps: the last of one movement wins, eased. */
  articulation: z.array(z.looseObject({ ...span, movement: z.string(), scale: level })).optional(),
  /** Overlaps: intensities of the same emotion and region add up, then clamp to 1. */
  emotion: z
    .array(
      z.looseObject({
        ...span,
        emotion: z.string(),
        region: z.string().optional(),
        intensity: level,
        /** What the curve was read from. */
        source: z
          .looseObject({
            kind: z.enum(['image', 'video', 'audio', 'text']),
            sha256: z.string(),
            /** What read it, where there is a choice. */
            by: z.string().optional(),
            /** How it was laid on speech of another length. */
            fit: z.string().optional(),
            /** Hash of the file with the same person's neutral face, where there was one. */
            neutral: z.string().optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  /** Each clip has a preset, an embedding or a mix by weights. Overlaps: the last wins, eased, so that styles cross-fade. */
  style: z
    .array(
      z.looseObject({
        ...span,
        ...manner,
        mix: z
          .array(z.looseObject({ ...manner, weight: level }))
          .min(1)
          .optional(),
      }),
    )
    .optional(),
  motion: motion.optional(),
  headMotion: track.optional(),
  blink: track.optional(),
  gaze: track.optional(),
  brow: track.optional(),
  /** Where it is not held it follows the voice. */
  energy: track.optional(),
  idle: track.optional(),
});

/** A performance as the schema above describes it. */
export type Performance = z.infer<typeof performance>;
/** A further movement of the lips: a direction over their coefficients, such as `{ "mouthUpperUpLeft": 1 }`. */
export type ArticulationVector = z.infer<typeof articulationVector>;
/** A constant, or keyframes over time. */
export type Level = z.infer<typeof level>;
/** A constant, or clips that hold for a time. */
export type Track = z.infer<typeof track>;
/** Where a clip holds. */
export type Span = z.infer<z.ZodObject<typeof span>>;

/** What a document is checked against, and who hears of what is odd. */
export interface ParsePerformanceOptions {
  /** Accept finite values outside the controls' limits. */
  readonly unsafeRange?: boolean;
  /** Hears of unknown fields and of values outside the recommended ranges. */
  readonly onWarning?: WarningReporter;
  /** Names of the styles the installed models offer. */
  readonly styles: readonly string[];
}

/** The performance that moves a face as predicted: every control at its default. */
export const DEFAULT_PERFORMANCE: Performance = Object.freeze({ version: PERFORMANCE_VERSION });

/**
 * Checks a parsed JSON value against the schema, the ranges and the names.
 * @param where names the document in messages, such as its file name.
 * @throws `performance-invalid`, `unknown-name`, `value-out-of-range`; the message names the field.
 */
export function parsePerformance(json: unknown, where: string, options: ParsePerformanceOptions): Performance {
  const warnings = limitWarnings(options.onWarning ?? (() => {}), where);
  try {
    return checkDocument(json, where, { ...options, onWarning: warnings.report });
  } finally {
    warnings.finish();
  }
}

function checkDocument(json: unknown, where: string, options: ParsePerformanceOptions): Performance {
  checkFields(performance, json, where, options);
  const result = performance.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    const field = issue === undefined ? where : fieldName(where, issue.path);
    throw new PcTalkError('performance-invalid', `${field}: ${issue?.message ?? 'invalid'}`, {
      details: { issues: result.error.issues.slice(0, ISSUES_KEPT) },
    });
  }
  checkMeaning(result.data, where, options);
  return result.data;
}

/** What the simple options of a command or request say about a performance. Absent means default. */
export interface PerformanceOptions {
  readonly seed?: number | undefined;
  readonly lipScale?: Track | undefined;
  readonly articulations?: readonly ArticulationVector[] | undefined;
  readonly articulation?: readonly { readonly movement: string; readonly scale: number }[] | undefined;
  readonly emotion?:
    | readonly {
        readonly emotion: (typeof EMOTIONS)[number];
        readonly region: RegionSide;
        readonly intensity: number;
      }[]
    | undefined;
  /** A preset, or a mix or embedding as a clip of `style` has it. */
  readonly style?: string | Pick<NonNullable<Performance['style']>[number], 'mix' | 'embedding'> | undefined;
  readonly motion?: Performance['motion'];
  readonly headMotion?: number | undefined;
  readonly blink?: number | undefined;
  readonly gaze?: number | undefined;
  readonly brow?: number | undefined;
  readonly energy?: number | undefined;
  readonly idle?: number | undefined;
}

/**
 * Writes options over a performance: each option that is given replaces the whole track.
 * @returns a new document, to be checked by `parsePerformance`.
 */
export function performanceFromOptions(
  options: PerformanceOptions,
  base: Performance = DEFAULT_PERFORMANCE,
): Performance {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    given[name] = name === 'style' ? [typeof value === 'string' ? { preset: value } : value] : value;
  }
  return { ...base, ...given } as Performance;
}

/** Walks the document along its schema: misspelt fields are refused, unknown ones reported. */
function checkFields(schema: unknown, json: unknown, where: string, options: ParsePerformanceOptions): void {
  if (schema instanceof z.ZodOptional) checkFields(schema.unwrap(), json, where, options);
  else if (schema instanceof z.ZodUnion) for (const each of schema.options) checkFields(each, json, where, options);
  else if (schema instanceof z.ZodArray && Array.isArray(json)) {
    for (const [i, item] of json.entries()) checkFields(schema.element, item, `${where}[${i}]`, options);
  } else if (schema instanceof z.ZodObject && typeof json === 'object' && json !== null && !Array.isArray(json)) {
    const known = Object.keys(schema.shape);
    for (const [field, value] of Object.entries(json)) {
      if (known.includes(field)) checkFields(schema.shape[field], value, `${where}.${field}`, options);
      else if (nearestName(field, known) !== undefined) checkName(`${where}: field`, field, known);
      else
        options.onWarning?.({
          code: 'unknown-field',
          message: `${where}.${showName(field)}: not known to this version, ignored`,
        });
    }
  }
}

function checkMeaning(document: Performance, where: string, options: ParsePerformanceOptions): void {
  const words = document.words ?? [];
  words.forEach(({ start, end }, i) => {
    if (end < start) throw invalid(`${where}.words[${i}]: expected end at or after start, got ${start} to ${end}`);
  });
  const checkSpan = (clip: Span, path: string) => {
    const { start = 0, end = Number.POSITIVE_INFINITY, words: range } = clip;
    if (end <= start) throw invalid(`${path}: expected end after start, got ${start} to ${end}`);
    if (range !== undefined && (range[1] < range[0] || range[1] >= words.length)) {
      throw invalid(
        `${path}.words: expected first and last of ${words.length} words, got ${range.join(' to ')}; write the words into the document, each with text, start and end`,
      );
    }
  };
  const checkLevel = (control: ControlName, value: Level, path: string) => {
    const values = typeof value === 'number' ? [value] : value.map((frame) => frame.value);
    for (const each of values) checkControl(control, each, path, options);
    if (typeof value === 'number') return;
    value.forEach((frame, i) => {
      if (i > 0 && frame.time <= (value[i - 1]?.time ?? 0)) throw invalid(`${path}[${i}].time: expected rising times`);
    });
  };
  for (const control of ['lipScale', 'headMotion', 'blink', 'gaze', 'brow', 'energy', 'idle'] as const) {
    const value = document[control];
    if (typeof value === 'number') checkControl(control, value, `${where}.${control}`, options);
    else {
      value?.forEach((each, i) => {
        checkSpan(each, `${where}.${control}[${i}]`);
        checkLevel(control, each.value, `${where}.${control}[${i}].value`);
      });
    }
  }
  document.articulations?.forEach((each, i) => {
    checkVector(each, `${where}.articulations[${i}]`);
    const known = [...ARTICULATIONS, ...document.articulations!.slice(0, i).map(({ name }) => name)];
    if (known.includes(each.name)) {
      throw invalid(`${where}.articulations[${i}].name: expected a new name, got '${each.name}' again; try another`);
    }
  });
  document.articulation?.forEach((each, i) => {
    const path = `${where}.articulation[${i}]`;
    checkName(`${path}.movement`, each.movement, movementsOf(document));
    checkSpan(each, path);
    checkLevel('articulation', each.scale, `${path}.scale`);
  });
  document.emotion?.forEach((each, i) => {
    const path = `${where}.emotion[${i}]`;
    checkName(`${path}.emotion`, each.emotion, EMOTIONS);
    checkName(`${path}.region`, each.region ?? 'all', REGION_SIDES);
    checkSpan(each, path);
    checkLevel('emotionIntensity', each.intensity, `${path}.intensity`);
  });
  if (document.motion !== undefined) checkCurves(document.motion, `${where}.motion`);
  document.style?.forEach((each, i) => {
    const path = `${where}.style[${i}]`;
    checkSpan(each, path);
    checkManner(each, ['preset', 'embedding', 'mix'], path, options);
    each.mix?.forEach((part, j) => {
      checkManner(part, ['preset', 'embedding'], `${path}.mix[${j}]`, options);
      checkLevel('styleWeight', part.weight, `${path}.mix[${j}].weight`);
    });
  });
}

/** What `articulation` of a document may name: the three movements, and its own. */
export function movementsOf({ articulations = [] }: Pick<Performance, 'articulations'>): readonly string[] {
  return [...ARTICULATIONS, ...articulations.map(({ name }) => name)];
}

/** A direction names lip coefficients and is not zero. */
function checkVector({ vector }: ArticulationVector, path: string): void {
  for (const name of Object.keys(vector)) checkName(`${path}.vector`, name, LIP_COEFFICIENTS);
  if (!Object.values(vector).some((amount) => amount !== 0)) {
    throw invalid(`${path}.vector: expected at least one amount other than 0, got none; try { "mouthPucker": 1 }`);
  }
}

/**
 * Parses articulations of their own document: one `{ name, vector }`, or a list of them.
 * @throws `performance-invalid`, `unknown-name`
 */
export function parseArticulations(json: unknown, where: string): ArticulationVector[] {
  const result = z.array(articulationVector).safeParse(Array.isArray(json) ? json : [json]);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw invalid(
      `${fieldName(where, issue?.path ?? [])}: expected { name, vector }, got ${issue?.message ?? 'neither'}`,
    );
  }
  for (const [i, each] of result.data.entries()) checkVector(each, `${where}[${i}]`);
  return result.data;
}

/** All curves of a borrowed motion are as long as its first. */
function checkCurves(motion: NonNullable<Performance['motion']>, path: string): void {
  const { length } = motion.pitch;
  for (const name of ['yaw', 'roll', 'blink', 'gazeYaw', 'gazePitch'] as const) {
    if (motion[name].length === length) continue;
    throw invalid(
      `${path}.${name}: expected ${length} values like pitch, got ${motion[name].length}; write one a frame`,
    );
  }
}

/** Exactly one of the forms must be there. */
function checkManner(
  manner: { readonly preset?: string | undefined; readonly [form: string]: unknown },
  forms: readonly string[],
  path: string,
  options: ParsePerformanceOptions,
): void {
  const given = forms.filter((form) => manner[form] !== undefined);
  if (given.length !== 1) {
    throw invalid(`${path}: expected one of ${forms.join(', ')}, got ${given.join(' and ') || 'none'}`);
  }
  if (manner.preset !== undefined) checkName(`${path}.preset`, manner.preset, options.styles);
}

function invalid(message: string): PcTalkError {
  return new PcTalkError('performance-invalid', message);
}

function fieldName(where: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${showName(String(key))}`),
    where,
  );
}
