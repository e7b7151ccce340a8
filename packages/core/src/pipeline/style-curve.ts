import { PcTalkError } from '../errors.ts';
import type { Level, Performance } from '../formats/performance.ts';
import { MESH_LAC } from '../models/lac/mesh-lac.ts';
import type { StyleTable } from '../models/lac/style-table.ts';
import { STYLES } from './styles.ts';
import { type Interval, levelAt, resolveSpan, weightAt } from './timeline.ts';

/** The style of a performance over time. */
export interface StyleCurve {
  /** e_s `[192]` at a time; overwritten by the next call. */
  at(time: number): Float32Array;
}

type StyleClip = NonNullable<Performance['style']>[number];
type StyleSource = Pick<StyleClip, 'preset' | 'embedding'>;
interface Part {
  readonly embedding: Float32Array;
  readonly weight: Level;
}

/**
 * Resolves the styles of a performance to embeddings: the default everywhere, drawn towards each clip's by the weight with
 * which it holds. A clip's mix is the mean of its parts, weighted as they are at that time.
 * @throws `performance-invalid` if an embedding belongs to another network, `unknown-name`
 */
export function compileStyle(performance: Performance, table: StyleTable): StyleCurve {
  const initial = presetOf(STYLES[0], table);
  const clips = (performance.style ?? []).map((clip, i) => ({
    interval: resolveSpan(clip, performance),
    parts: partsOf(clip, table, `style[${i}]`),
  }));
  return new Curve(initial, clips);
}

class Curve implements StyleCurve {
  readonly #initial: Float32Array;
  readonly #clips: readonly { readonly interval: Interval; readonly parts: readonly Part[] }[];
  readonly #out = new Float32Array(MESH_LAC.width);

  constructor(initial: Float32Array, clips: readonly { interval: Interval; parts: readonly Part[] }[]) {
    this.#initial = initial;
    this.#clips = clips;
  }

  at(time: number): Float32Array {
    const out = this.#out;
    out.set(this.#initial);
    for (const { interval, parts } of this.#clips) {
      const held = weightAt(interval, time);
      if (held === 0) continue;
      const weights = parts.map(({ weight }) => Math.max(0, levelAt(weight, time)));
      const sum = weights.reduce((a, b) => a + b, 0);
      if (sum === 0) continue;
      for (let i = 0; i < out.length; i++) out[i]! *= 1 - held;
      for (const [n, { embedding }] of parts.entries()) {
        const share = (held * weights[n]!) / sum;
        for (let i = 0; i < out.length; i++) out[i]! += share * embedding[i]!;
      }
    }
    return out;
  }
}

function partsOf(clip: StyleClip, table: StyleTable, where: string): Part[] {
  if (clip.mix === undefined) return [{ embedding: embeddingOf(clip, table, where), weight: 1 }];
  return clip.mix.map((part, i) => ({
    embedding: embeddingOf(part, table, `${where}.mix[${i}]`),
    weight: part.weight,
  }));
}

function embeddingOf({ preset, embedding }: StyleSource, table: StyleTable, where: string): Float32Array {
  if (embedding === undefined) return presetOf(preset ?? STYLES[0], table);
  if (embedding.model === table.model) return Float32Array.from(embedding.values);
  throw new PcTalkError(
    'performance-invalid',
    `${where}.embedding: expected one of the lip network ${table.model}, got one of ${embedding.model}; read the reference anew with --style-reference`,
  );
}

function presetOf(name: string, { styles }: StyleTable): Float32Array {
  const found = styles.get(name);
  if (found !== undefined) return found;
  throw new PcTalkError('unknown-name', `style: expected one of ${[...styles.keys()].join(', ')}, got '${name}'`);
}
