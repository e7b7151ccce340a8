/** From the objects PC-Talk's checkpoint files hold to weights: wrappers, key prefixes and what the files say of themselves. */
import type { StateDict } from '../released/build-network.ts';
import { notWeights, renameKeys, stateDict, stripModule } from '../released/state-dict.ts';
import { positionRows } from './decoder.ts';
import type { EmcWeights } from './emc.ts';
import { emcTypeOf } from './emotional-speech.ts';
import type { DecoderFacts, LacWeights } from './lac.ts';

/** What a file says of itself, overruled. */
export interface DecoderOptions {
  readonly persons?: number;
  readonly period?: number;
}

/** Periods tried when a file does not say its own. */
const PERIODS = [5, 10, 20, 25, 50, 100];
const DEFAULT_PERIOD = 25;

/** audio_encoder.pth: bare, or under `state_dict` or `model` or both; keys with or without their prefixes. */
export function readAudioEncoderCheckpoint(root: unknown, where: string): StateDict {
  let inner = root;
  for (const wrapper of ['state_dict', 'model']) inner = entry(inner, wrapper) ?? inner;
  return renameKeys(stateDict(inner, where), (key) => {
    const bare = key.replace(/^module\./, '').replace(/^model\./, '');
    return bare.startsWith('audio_encoder.') ? bare : `audio_encoder.${bare}`;
  });
}

/** lac.pth: LAC under `model` (or bare) with `args` beside it, and the refinement under `model_ft`. */
export function readLacCheckpoint(root: unknown, where: string, options: DecoderOptions = {}): LacWeights {
  const model = readModel(root, where);
  const refinement = entry(root, 'model_ft');
  return {
    ...decoderFacts(root, model, where, options),
    model,
    ...(refinement === undefined ? {} : { refinement: stripModule(stateDict(refinement, where)) }),
  };
}

/** style_encoder.pth: under `model` or bare; inside a LAC file its keys start `obj_vector.`. */
export function readStyleEncoderCheckpoint(
  root: unknown,
  where: string,
): { readonly model: StateDict; readonly persons: number } {
  const all = readModel(root, where);
  const prefix = 'obj_vector.';
  const inside = [...all].filter(([key]) => key.startsWith(prefix));
  const model = inside.length > 0 ? new Map(inside.map(([key, tensor]) => [key.slice(prefix.length), tensor])) : all;
  return { model, persons: model.get('cls.out_proj.weight')?.dims[0] ?? 0 };
}

/** emc.pth: under `model` or bare with `args` beside it; its type is told by its keys. */
export function readEmcCheckpoint(root: unknown, where: string, options: DecoderOptions = {}): EmcWeights {
  const model = readModel(root, where);
  const facts = decoderFacts(root, model, where, options);
  return { ...facts, model, personBias: model.has('obj_vector.bias'), type: emcTypeOf(model) };
}

function readModel(root: unknown, where: string): StateDict {
  return stripModule(stateDict(entry(root, 'model') ?? root, where));
}

function decoderFacts(root: unknown, model: StateDict, where: string, options: DecoderOptions): DecoderFacts {
  const args = entry(root, 'args');
  const said = (name: string) => {
    const value = entry(args, name);
    return value === undefined || value === null ? undefined : wholeNumber(value, name, where);
  };
  const table = [...model].find(([key]) => key.endsWith('obj_vector.weight'))?.[1];
  const rows = model.get('PPE.pe')?.dims[1];
  return {
    persons: options.persons ?? said('person_num') ?? table?.dims[1] ?? 0,
    period: options.period ?? said('T') ?? PERIODS.find((period) => positionRows(period) === rows) ?? DEFAULT_PERIOD,
  };
}

function wholeNumber(value: unknown, name: string, where: string): number {
  if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= 100_000) return value as number;
  throw notWeights(where, `args.${name} = ${String(value)}`);
}

function entry(dict: unknown, key: string): unknown {
  return dict instanceof Map ? dict.get(key) : undefined;
}
