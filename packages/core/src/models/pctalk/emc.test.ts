/** EMC's three types against the same networks written out one frame after the other in float64. */
import { describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../../../node/src/onnx-runtime.ts';
import { floatTensor, writeCheckpoint } from '../../../test/helpers/checkpoint-writer.ts';
import { fill } from '../../../test/helpers/formula.ts';
import { pcTalkState } from '../../../test/helpers/pctalk-formula.ts';
import { PlainTransformer, plus } from '../../../test/helpers/plain-transformer.ts';
import { maxDifference } from '../../../test/helpers/run-network.ts';
import { toFloat32 } from '../../formats/stored-tensor.ts';
import { readTorchCheckpoint } from '../../formats/torch-checkpoint.ts';
import { EMOTIONS, type Emotion } from '../../motion/emotions.ts';
import { LIP_KALMAN, smoothRandomWalk } from '../../motion/implicit/kalman-smoother.ts';
import { checkNeuralModel } from '../neural-weights.ts';
import type { StateDict } from '../released/build-network.ts';
import { readEmcCheckpoint } from './checkpoints.ts';
import { describeEmc, Emc } from './emc.ts';
import { type EmcType, emcTypeOf } from './emotional-speech.ts';

const FACTS = { period: 5, persons: 4, personBias: true };
const PERSON = 2;
/** Two windows of five frames and one of three, three frames shared: more than a window adds. */
const FRAMES = 9;
const OVERLAP = 3;
const EMOTION_LIST: readonly Emotion[] = ['neutral', 'surprised'];
const features = fill('test/emc_audio', [FRAMES, 512], 0, 2);
const audio = Array.from({ length: FRAMES }, (_, n) => features.slice(n * 512, (n + 1) * 512));
const runtime = createNodeRuntime({ threads: 1 });

function stateOf(type: EmcType): StateDict {
  return pcTalkState('pctalk_emc', describeEmc({ ...FACTS, type }, 1).motion.networks.step.scope.entries());
}

/** One emotion over the clip, window by window, everything computed anew for each frame. */
function plainPrediction(state: StateDict, type: EmcType, emotion: Emotion): number[][] {
  const net = new PlainTransformer(state);
  const index = EMOTIONS.indexOf(emotion);
  const output: number[][] = [];
  let tail: number[][] = [];
  for (let start = 0; ; start += FACTS.period - OVERLAP) {
    const heard = audio.slice(start, Math.min(FRAMES, start + FACTS.period)).map((frame) => [...frame]);
    const warm = start === 0 ? [] : tail.slice(-Math.min(OVERLAP, heard.length - 1));
    const memory = plainMemory(net, type, heard, index);
    const person = net.column(PERSON, 'obj_vector');
    const style = type === 1 ? plus(person, net.column(index, 'emo_vector')) : person;
    const feed = (values: number[]) => plus(net.linear(values, 'vertice_map'), style);
    const tokens = [style, ...warm.map(feed)];
    let frames: number[][] = [];
    while (frames.length < heard.length) {
      const placed = tokens.map((token, n) => plus(token, net.position(n, 'PPE.pe')));
      frames = net.decode(placed, memory, 1, 'transformer_decoder').map((x) => net.linear(x, 'vertice_map_r'));
      tokens.push(feed(frames.at(-1)!));
    }
    tail = frames;
    output.push(...frames.slice(warm.length));
    if (start + heard.length >= FRAMES) return output;
  }
}

function plainMemory(net: PlainTransformer, type: EmcType, heard: number[][], emotion: number): number[][] {
  if (type === 1) return heard.map((frame) => net.linear(frame, 'audio_feature_map'));
  if (type === 2) {
    const own = 'audio_former';
    const placed = heard.map((x, n) => plus(net.linear(x, `${own}.vertice_map`), net.position(n, `${own}.PPE.pe`)));
    const encoded = net.encode(placed, 2, `${own}.transformer_encoder`);
    return encoded.map((x) => net.linear(plus(x, net.column(emotion, `${own}.emo_vector`)), `${own}.vertice_map_r`));
  }
  const own = 'audio_emo_former';
  const memory = heard.map((frame) => net.linear(frame, `${own}.audio_feature_map`));
  const style = net.column(emotion, `${own}.emo_feature_map`);
  const tokens = [style];
  let said: number[][] = [];
  while (said.length < heard.length) {
    const placed = tokens.map((token, n) => plus(token, net.position(n, `${own}.PPE.pe`)));
    said = net.decode(placed, memory, 2, `${own}.transformer_decoder`).map((x) => net.linear(x, `${own}.audio_map_r`));
    tokens.push(plus(net.linear(said.at(-1)!, `${own}.audio_feature_map`), style));
  }
  return said.map((x) => net.linear(x, `${own}.map_output`));
}

/** `[3 × 21]` as `[21 × 3]`. */
const pointMajor = (frame: readonly number[]) => frame.map((_, i) => frame[(i % 3) * 21 + Math.floor(i / 3)]!);

describe.each([1, 2, 3] as const)('EMC of type %i', (type) => {
  const state = stateOf(type);

  it('is told by its keys and predicts what its layers say', { timeout: 180_000 }, async () => {
    const file = writeCheckpoint(new Map([...state].map(([key, t]) => [key, floatTensor(t.dims, toFloat32(t))])));
    const weights = readEmcCheckpoint(readTorchCheckpoint(file, 'emc.pth'), 'emc.pth');
    expect(weights).toMatchObject({ ...FACTS, type });
    checkNeuralModel('pctalk-emc', file, 'emc.pth');
    const emc = await Emc.load(weights, EMOTION_LIST, runtime, { where: 'emc.pth' });
    const predicted = await emc.predict(audio, { person: PERSON, overlap: OVERLAP });
    const smooth = await emc.predict(audio, { person: PERSON, overlap: OVERLAP, smooth: true });
    await emc.dispose();
    EMOTION_LIST.forEach((emotion, e) => {
      const expected = plainPrediction(state, type, emotion).flatMap(pointMajor);
      expect(
        maxDifference(
          predicted[e]!.flatMap((frame) => [...frame]),
          expected,
        ),
        emotion,
      ).toBeLessThan(1e-6);
      expect(smooth[e]).toEqual(smoothRandomWalk(predicted[e]!, LIP_KALMAN));
    });
    const difference = predicted[1]!.flatMap((frame, n) => [...frame].map((value, i) => value - predicted[0]![n]![i]!));
    expect(Math.max(...difference.map(Math.abs))).toBeGreaterThan(1e-3);
  });
});

it('refuses a file of another type than its keys say', async () => {
  const model = stateOf(1);
  expect(emcTypeOf(model)).toBe(1);
  await expect(Emc.load({ ...FACTS, type: 2, model }, ['neutral'], runtime, { where: 'emc.pth' })).rejects.toThrow(
    /audio_former.*which the file lacks/,
  );
});
