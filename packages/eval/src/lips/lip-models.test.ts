import { fileURLToPath } from 'node:url';
import { createNodeRuntime } from '@pctalk/node';
import { expect, test } from 'vitest';
import { createHeadAudioModel } from './head-audio-model.ts';
import { soundOf } from './lip-corpus.ts';
import { createLoudnessModel } from './loudness-model.ts';
import { createSyncJudge } from './sync-judge.ts';

/** Two seconds of the sample's speech, then one of nothing. */
const speech = await soundOf(fileURLToPath(new URL('../../../core/assets/sample/speech.wav', import.meta.url)));
const samples = new Float32Array(48000);
samples.set(speech.subarray(0, 32000));

test.each([
  ['HeadAudio', createHeadAudioModel],
  ['loudness', async () => createLoudnessModel()],
])('%s moves the lips with speech and rests them in silence', async (_, create) => {
  const model = await create();
  const moved = (await model.lips(samples)).map((frame) => frame.reduce((sum, x) => sum + x, 0));
  await model.dispose();
  expect(moved).toHaveLength(75);
  expect(moved.slice(5, 45).filter((x) => x > 0.2).length).toBeGreaterThan(10);
  expect(moved[74]).toBeLessThan(0.05);
});

test('the judge gives one window a second of clips of three seconds and more', async () => {
  const judge = await createSyncJudge(createNodeRuntime());
  const curve = Float32Array.from({ length: 125 }, (_, t) => (Math.floor(t / 6) % 2 === 0 ? 0.3 : 0));
  const curves = { opening: curve, outer: curve, width: curve, protrusion: curve };
  const { windows, offset } = await judge.offsets(speech.subarray(0, 80000), curves);
  await judge.dispose();
  expect(windows.map(({ start }) => start)).toEqual([0, 25, 50]);
  expect(Math.abs(offset)).toBeLessThanOrEqual(15);
});
