import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toFloat32 } from '../../core/src/formats/stored-tensor.ts';
import { appearanceExtractor } from '../../core/src/models/liveportrait/appearance-extractor.ts';
import { generator } from '../../core/src/models/liveportrait/generator.ts';
import { motionExtractor } from '../../core/src/models/liveportrait/motion-extractor.ts';
import { type StitchingNetwork, stitchingNetwork } from '../../core/src/models/liveportrait/stitching.ts';
import { warping } from '../../core/src/models/liveportrait/warping.ts';
import { audioEncoder } from '../../core/src/models/pctalk/audio-encoder.ts';
import { describeEmc } from '../../core/src/models/pctalk/emc.ts';
import { describeLac } from '../../core/src/models/pctalk/lac.ts';
import type { ReleasedNetwork, StateDict } from '../../core/src/models/released/build-network.ts';
import { floatTensor, namespace, writeCheckpoint } from '../../core/test/helpers/checkpoint-writer.ts';
import { formulaState } from '../../core/test/helpers/formula.ts';
import { pcTalkState, REFINEMENT_SHAPES } from '../../core/test/helpers/pctalk-formula.ts';
import { startFfmpeg } from './ffmpeg.ts';
import { decodeImage } from './image.ts';
import { ModelStore } from './model-store/model-store.ts';
import { renderNeuralFile } from './neural-talker.ts';
import { sampleFiles } from './sample.ts';
import { decodeVideo } from './video-decode.ts';

const SLOW = process.env['PCTALK_SLOW'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'pctalk-neural-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const tensors = (state: StateDict, prefix = '') =>
  new Map([...state].map(([key, t]) => [prefix + key, floatTensor(t.dims, toFloat32(t))]));

/** All nine files of the release with formula weights, laid out as the release lays them out. */
function writeFormulaFiles(): ModelStore {
  const store = new ModelStore(at('models'));
  mkdirSync(store.folder);
  const save = (model: Parameters<ModelStore['path']>[0], root: unknown) =>
    writeFileSync(store.path(model), writeCheckpoint(root));
  const flat = (network: ReleasedNetwork) => tensors(formulaState(network.name, network.scope.entries()));
  save('liveportrait-appearance', flat(appearanceExtractor()));
  save('liveportrait-motion', flat(motionExtractor()));
  save('liveportrait-warping', flat(warping('5d')));
  save('liveportrait-generator', flat(generator()));
  const stitching = (['stitching', 'lips', 'eyes'] as StitchingNetwork[]).map((kind) => stitchingNetwork(kind));
  save('liveportrait-stitching', new Map(stitching.map((network) => [network.name, flat(network)])));
  save('pctalk-audio', tensors(pcTalkState('pctalk_audio', audioEncoder(1).scope.entries())));
  const lac = describeLac({ period: 25, persons: 210 }).step.scope.entries();
  const root = new Map<string, unknown>([
    ['model', tensors(pcTalkState('pctalk_lac', lac), 'module.')],
    ['model_ft', tensors(pcTalkState('pctalk_lac_ft', REFINEMENT_SHAPES))],
    ['args', namespace({ person_num: 210, T: 25 })],
  ]);
  save('pctalk-lac', root);
  const emc = describeEmc({ period: 25, persons: 40, personBias: true }, 1).motion.networks.step.scope.entries();
  save('pctalk-emc', new Map([['model', tensors(pcTalkState('pctalk_emc', emc))]]));
  return store;
}

/** A WAV file of a tone, 16 kHz, 16 bits, mono. */
function tone(seconds: number): Buffer {
  const count = Math.round(seconds * 16_000);
  const file = Buffer.alloc(44 + 2 * count);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * count, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(16_000, 24);
  file.writeUInt32LE(32_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * count, 40);
  for (let n = 0; n < count; n++) file.writeInt16LE(Math.round(8000 * Math.sin(n / 10)), 44 + 2 * n);
  return file;
}

describe('renderNeuralFile', () => {
  it('says which weights are missing, and leaves nothing behind', async () => {
    writeFileSync(at('tone.wav'), tone(0.3));
    const take = { source: sampleFiles().source, audio: at('tone.wav'), output: at('out.mp4') };
    const store = new ModelStore(at('empty'));
    await expect(renderNeuralFile({ ...take, store })).rejects.toMatchObject({ code: 'model-missing' });
    expect(readdirSync(folder)).toEqual(['tone.wav']);
  });

  it('leaves no decoder of a video running', async () => {
    const made = startFfmpeg(['-f', 'lavfi', '-i', 'testsrc=duration=4:size=320x240:rate=25', '-y', at('long.mp4')]);
    made.stdin.end();
    expect((await made.exit).code).toBe(0);
    const take = { source: at('long.mp4'), audio: at('tone.wav'), output: at('out.mp4'), consent: 'a test' };
    await expect(renderNeuralFile({ ...take, store: new ModelStore(at('empty')) })).rejects.toMatchObject({
      code: 'model-missing',
    });
    const running = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
    await expect.poll(running, { timeout: 5000 }).toBe(0);
  });

  it.runIf(SLOW)('draws every frame of a take at full size', { timeout: 900_000 }, async () => {
    writeFileSync(at('tone.wav'), tone(0.3));
    const result = await renderNeuralFile({
      source: sampleFiles().source,
      audio: at('tone.wav'),
      output: at('out.mp4'),
      store: writeFormulaFiles(),
      profile: 'pc-talk',
      pasteBack: true,
      performance: { version: 1, emotion: [{ emotion: 'happy', intensity: 0.5 }] },
    });
    expect(existsSync(at('graphs'))).toBe(true);
    expect(result).toMatchObject({ frames: 2, width: 512, height: 600, device: 'cpu' });
    const { data: picture } = await decodeImage(sampleFiles().source);
    for await (const { data } of decodeVideo(at('out.mp4'))) {
      const difference = (left: number, right: number, top: number, bottom: number) => {
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          for (let i = (y * 512 + left) * 4; i < (y * 512 + right) * 4; i++) sum += Math.abs(data[i]! - picture[i]!);
        }
        return sum / ((right - left) * (bottom - top) * 4);
      };
      expect(difference(0, 30, 0, 600)).toBeLessThan(6); // beside the crop: the picture, after H.264
      expect(difference(0, 512, 450, 600)).toBeLessThan(6);
      expect(difference(150, 400, 100, 350)).toBeGreaterThan(20); // the face: what formula weights draw
    }
  });
});
