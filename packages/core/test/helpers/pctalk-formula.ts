/** The inputs of PC-Talk's reference run, by formula (helpers/formula.ts). */
import type { Shape } from '@pctalk/graph';
import { DECODER_WIDTH, positionRows } from '../../src/models/pctalk/decoder.ts';
import type { StateDict } from '../../src/models/released/build-network.ts';
import { type ImplicitMotion, rotationMatrix } from '../../src/motion/implicit/transform.ts';
import { fill, fnv1a, formulaState, type Gains, uniform } from './formula.ts';

/** Factors that keep every path visible in the output. */
export const PCTALK_GAINS: Gains = {
  'pctalk_audio/audio_encoder.12.conv_block.0.weight': 0.02,
  'pctalk_lac/vertice_map_r.weight': 0.02,
  'pctalk_lac/vertice_map.weight': 20,
  'pctalk_lac/obj_vector.weight': 5,
  'pctalk_emc/vertice_map_r.weight': 0.02,
  'pctalk_emc/vertice_map.weight': 20,
  'pctalk_emc/obj_vector.weight': 5,
  'pctalk_lac_ft/out_fc.weight': 0.02,
  'pctalk_style/vertice_map.weight': 20,
  'pctalk_emc/audio_emo_former.emo_feature_map.weight': 8,
  'pctalk_emc/audio_emo_former.map_output.weight': 2,
};

/** Formula weights of entries listed as key and shape. */
export function pcTalkState(network: string, shapes: ReadonlyMap<string, Shape>): StateDict {
  return formulaState(network, shapes, PCTALK_GAINS);
}

/** Entries of lac.pth's refinement. */
export const REFINEMENT_SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['out_fc.weight', [18, 530]],
  ['out_fc.bias', [18]],
]);

/** A table of positions for period T alone, for tests that need nothing else of a file. */
export const positionShape = (period: number): Shape => [1, positionRows(period), DECODER_WIDTH];

/** 4 s of a voice-like sound with two silences, 16 kHz, quantised to 16 bits. */
export function referenceWaveform(): Float32Array {
  const hash = fnv1a('input/pctalk_noise');
  const wave = (phase: number) => Math.sin(2 * Math.PI * phase);
  return Float32Array.from({ length: 64_000 }, (_, n) => {
    const t = n / 16_000;
    const silent = (t >= 1.5 && t < 1.9) || t >= 3.8;
    const envelope = silent ? 0 : 0.5 - 0.5 * Math.cos(2 * Math.PI * 3 * t);
    const noise = 2 * uniform(hash, n) - 1;
    const tones =
      0.3 * wave(120 * t + 40 * t * t) + 0.2 * wave(700 * t + 150 * t * t) + 0.1 * wave(2400 * t - 200 * t * t);
    const sample = envelope * (0.05 * noise + tones);
    return Math.max(-32768, Math.min(32767, Math.floor(sample * 32768 + 0.5))) / 32768;
  });
}

/** Canonical keypoints and motion of n frames. */
export interface FormulaTemplate {
  readonly canonical: Float32Array;
  readonly frames: readonly ImplicitMotion[];
}

/** A template that moves like a video; the tag names its random part. */
export function formulaTemplate(tag: string, count: number): FormulaTemplate {
  const expressions = fill(`input/${tag}_exp`, [count, 21, 3], -0.05, 0.05);
  const frames = Array.from({ length: count }, (_, i) => {
    const w = 2 * Math.PI * i;
    return {
      scale: Math.fround(1.4 + 0.05 * Math.sin(w / 40)),
      rotation: rotationMatrix({
        pitchDeg: 5 * Math.sin(w / 50),
        yawDeg: 10 * Math.sin(w / 75),
        rollDeg: 3 * Math.sin(w / 60),
      }),
      expression: expressions.slice(i * 63, (i + 1) * 63),
      translation: Float32Array.of(0.05 * Math.sin(w / 45), 0.03 * Math.cos(w / 35), 0.2),
    };
  });
  return { canonical: fill(`input/${tag}_kp`, [21, 3], -0.5, 0.5), frames };
}
