import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LAC_AUDIO_WIDTH, LIP_MEASURES, lipMeasureBasis, readMeshBasis, SPEECH_CHANNELS } from '@pctalk/core';
import { ParameterScope } from '@pctalk/graph';
import { expect, test } from 'vitest';
import { firstWeights } from '../first-weights.ts';
import { coarticulate } from '../speech/coarticulation.ts';
import type { PhoneSpan } from '../speech/phone-tables.ts';
import { Trainer } from '../trainer.ts';
import { LAC_OBJECTIVE_DEFAULTS, lacObjective } from './lac-objective.ts';
import { makeStyleBatch } from './style-examples.ts';
import type { StyleSources } from './style-sources.ts';

const mesh = fileURLToPath(new URL('../../../core/assets/mesh-basis.bin', import.meta.url));
const basis = lipMeasureBasis(readMeshBasis(readFileSync(mesh)));
const FRAMES = 120;
const PHONES = ['M', 'AA', 'P', 'IY', 'S', 'UW', 'T', 'EH'] as const;

/** Five seconds of phones, heard as a speech model would hear them that knows every phone and always opens half as far. */
function sources(): StyleSources {
  const spans: PhoneSpan[] = Array.from({ length: 40 }, (_, i) => {
    return { start: 0.12 * i, end: 0.12 * (i + 1), phone: PHONES[(3 * i) % PHONES.length]! };
  });
  const channels = coarticulate(spans, FRAMES);
  const audio = new Float32Array(FRAMES * LAC_AUDIO_WIDTH);
  for (let t = 0; t < FRAMES; t++) {
    audio[t * LAC_AUDIO_WIDTH + PHONES.indexOf(spans[Math.floor(t / 3)]!.phone as 'M')] = 1;
    for (let c = 0; c < SPEECH_CHANNELS.length; c++) {
      audio[(t + 1) * LAC_AUDIO_WIDTH - SPEECH_CHANNELS.length + c] = 0.5 * channels[t * SPEECH_CHANNELS.length + c]!;
    }
  }
  const measures = new Float32Array(FRAMES * LIP_MEASURES.length);
  return {
    heard: {
      frames: FRAMES,
      audio,
      measures,
      channels,
      real: new Float32Array(FRAMES),
      spans: [spans],
      sets: ['x'],
      gains: {},
    },
    people: new Map(),
    basis,
  };
}

test('a few steps of the objective make lips, styles and what is read off them better', async () => {
  const [size, frames] = [2, 8];
  const scope = new ParameterScope();
  const objective = lacObjective(scope, basis, { ...LAC_OBJECTIVE_DEFAULTS, size, frames });
  const trainer = await Trainer.create(objective, firstWeights(scope.parameters(), 1), { threads: 1 });
  const from = sources();
  const options = { size, frames, realShare: 0, noise: true, sync: false };
  const batches = ['a', 'b'].map((name) => makeStyleBatch(from, name, options));
  const figures: Record<string, number>[] = [];
  for (let step = 1; step <= 16; step++) figures.push(await trainer.step(batches[step % 2]!, 1e-3, step));
  await trainer.dispose();
  for (const name of ['loss', 'channel', 'measure', 'style', 'shown']) {
    const of = (steps: readonly Record<string, number>[]) => steps.reduce((sum, each) => sum + each[name]!, 0);
    expect(of(figures.slice(-2)), name).toBeLessThan(0.8 * of(figures.slice(0, 2)));
  }
});

test('a batch depends on its name alone, and other names give others', () => {
  const options = { size: 2, frames: 8, realShare: 0, noise: true, sync: false };
  const from = sources();
  expect(makeStyleBatch(from, 'a', options)).toEqual(makeStyleBatch(from, 'a', options));
  expect(makeStyleBatch(from, 'b', options)['point']!.data).not.toEqual(
    makeStyleBatch(from, 'a', options)['point']!.data,
  );
});
