import {
  SPEECH_CHANNELS,
  SPEECH_MEL,
  SPEECH_TIMING,
  speechNetwork,
  speechStates,
  speechStepNetwork,
} from '@pctalk/core';
import { emitInference, input, ParameterScope } from '@pctalk/graph';
import { createNodeRuntime } from '@pctalk/node';
import { expect, it } from 'vitest';
import { firstWeights } from '../first-weights.ts';

it('answers the same step by step as over a whole clip', async () => {
  const frames = 30;
  const columns = SPEECH_TIMING.columnsPerFrame;
  const scope = new ParameterScope();
  const clip = input('mel', [1, frames * columns, SPEECH_MEL.bands]);
  const whole = { name: 'whole', outputs: { channels: speechNetwork(clip, scope).channels } };
  const weights = firstWeights(scope.parameters(), 7);
  // Distinct biases, so that rows before the clip would show if they were not the zeros training pads with.
  for (const [name, { data }] of weights) if (name.endsWith('bias')) data.fill(0.05);
  const runtime = createNodeRuntime();
  const wholeSession = await runtime.load(emitInference(whole, weights));
  const stepSession = await runtime.load(emitInference(speechStepNetwork(new ParameterScope()), weights));

  const mel = Float32Array.from({ length: frames * columns * SPEECH_MEL.bands }, (_, i) => 3 * Math.sin(i * i * 0.01));
  const expected = (await wholeSession.run({ mel: { dims: clip.shape, data: mel } }))['channels']!.data;
  let states = Object.fromEntries(
    speechStates().map(({ name, shape }) => [
      name,
      { dims: shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
    ]),
  );
  for (let frame = 0; frame < frames; frame++) {
    const size = columns * SPEECH_MEL.bands;
    const piece = { dims: [1, columns, SPEECH_MEL.bands], data: mel.slice(frame * size, (frame + 1) * size) };
    const outputs = await stepSession.run({ mel: piece, ...states });
    states = Object.fromEntries(
      speechStates().map(({ name, shape }) => [
        name,
        { dims: shape, data: outputs[`next_${name}`]!.data as Float32Array },
      ]),
    ) as typeof states;
    outputs['channels']!.data.forEach((value: number | bigint, channel: number) => {
      expect(Number(value)).toBeCloseTo(Number(expected[frame * SPEECH_CHANNELS.length + channel]), 4);
    });
  }
  await wholeSession.dispose();
  await stepSession.dispose();
});
