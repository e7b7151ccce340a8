import { describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../../../node/src/onnx-runtime.ts';
import {
  floatTensor,
  namespace,
  orderedDict,
  TensorNode,
  writeCheckpoint,
} from '../../../test/helpers/checkpoint-writer.ts';
import { pcTalkState, REFINEMENT_SHAPES } from '../../../test/helpers/pctalk-formula.ts';
import { toFloat32 } from '../../formats/stored-tensor.ts';
import { readTorchCheckpoint } from '../../formats/torch-checkpoint.ts';
import { buildNetwork, type StateDict } from '../released/build-network.ts';
import { audioEncoder } from './audio-encoder.ts';
import {
  readAudioEncoderCheckpoint,
  readEmcCheckpoint,
  readLacCheckpoint,
  readStyleEncoderCheckpoint,
} from './checkpoints.ts';
import { describeEmc } from './emc.ts';
import { describeLac, Lac } from './lac.ts';
import { styleEncoder } from './style-encoder.ts';

const FACTS = { period: 25, persons: 210 };
const lac = pcTalkState('pctalk_lac', describeLac(FACTS).step.scope.entries());
const refinement = pcTalkState('pctalk_lac_ft', REFINEMENT_SHAPES);

const tensors = (state: StateDict, prefix = '') =>
  new Map([...state].map(([key, tensor]) => [prefix + key, floatTensor(tensor.dims, toFloat32(tensor))]));
const throughFile = (root: unknown) => readTorchCheckpoint(writeCheckpoint(root), 'test.pth');
const without = (state: StateDict, key: string) => new Map([...state].filter(([own]) => own !== key));

describe('lac.pth', () => {
  it.each([
    ['a Namespace', namespace({ person_num: 210, T: 25, lr: 1e-4 })],
    [
      'a dict',
      new Map([
        ['person_num', 210],
        ['T', 25],
      ]),
    ],
    ['nothing: shapes tell', null],
  ])('is read with args as %s', (_, args) => {
    const root = new Map<string, unknown>([
      ['model', orderedDict(tensors(lac, 'module.'))],
      ['model_ft', tensors(refinement)],
      ['args', args],
    ]);
    const weights = readLacCheckpoint(throughFile(root), 'lac.pth');
    expect([weights.period, weights.persons]).toEqual([25, 210]);
    expect([...weights.model.keys()].sort()).toEqual([...lac.keys()].sort());
    expect(weights.refinement?.get('out_fc.bias')).toBeDefined();
  });

  it('is read bare, and other periods from the length of its positions', () => {
    for (const period of [5, 10, 20, 25, 50, 100]) {
      const facts = { period, persons: 3 };
      const rows = describeLac(facts).step.scope.entries();
      const small = new Map([...rows].filter(([key]) => /PPE|obj_vector/.test(key)));
      const weights = readLacCheckpoint(throughFile(tensors(pcTalkState('pctalk_lac', small))), 'lac.pth');
      expect([weights.period, weights.persons]).toEqual([period, 3]);
    }
  });

  it('refuses what does not fit', async () => {
    const load = (model: StateDict, facts = FACTS) =>
      Lac.load({ ...facts, model, refinement }, createNodeRuntime(), { where: 'lac.pth' });
    await expect(load(without(lac, 'vertice_map.bias'))).rejects.toThrow(/vertice_map\.bias, which the file lacks/);
    await expect(load(lac, { period: 50, persons: 210 })).rejects.toThrow(
      /PPE\.pe of shape \[1,650,512\], got \[1,625,512\]/,
    );
    await expect(load(lac, { period: 25, persons: 40 })).rejects.toThrow(/obj_vector\.weight of shape \[512,40\]/);
    expect(() => readLacCheckpoint(new Map([['model', new Map([['x', 'text']])]]), 'lac.pth')).toThrow(
      /"x", which is no tensor/,
    );
    expect(() => readLacCheckpoint(new Map([...lac, ['args', 1]]), 'lac.pth')).toThrow(/no tensor/);
  });

  it('names entries it does not know in a warning', async () => {
    const warnings: string[] = [];
    const model = new Map([...lac, ['discriminator.weight', lac.get('vertice_map.bias')!]]);
    const warn = ({ message }: { readonly message: string }) => warnings.push(message);
    const loaded = await Lac.load({ ...FACTS, model, refinement }, createNodeRuntime(), { where: 'lac.pth', warn });
    await loaded.dispose();
    expect(warnings).toEqual(['lac.pth: entries this network does not have: discriminator.weight.']);
  });
});

describe('the other files', () => {
  it('audio_encoder.pth under every wrapper and prefix', () => {
    const state = pcTalkState('pctalk_audio', audioEncoder(1).scope.entries());
    const bare = new Map([...state].map(([key, value]) => [key.replace('audio_encoder.', ''), value]));
    const counted = new TensorNode({ type: 'int64', dims: [], storage: BigInt64Array.of(0n) });
    const roots: unknown[] = [
      tensors(state),
      new Map([['state_dict', tensors(state, 'module.')]]),
      new Map([['state_dict', new Map([['model', tensors(bare, 'module.model.')]])]]),
      new Map([['model', tensors(bare).set('0.conv_block.1.num_batches_tracked', counted as never)]]),
    ];
    for (const root of roots) {
      const read = readAudioEncoderCheckpoint(throughFile(root), 'audio_encoder.pth');
      const warnings: unknown[] = [];
      const model = buildNetwork(audioEncoder(1), read, { where: 'audio_encoder.pth', warn: (w) => warnings.push(w) });
      expect(model.length).toBeGreaterThan(11_000_000);
      expect(warnings).toEqual([]);
    }
  });

  it('style_encoder.pth alone and inside a LAC file', () => {
    const state = pcTalkState('pctalk_style', styleEncoder(7).scope.entries());
    const alone = readStyleEncoderCheckpoint(throughFile(tensors(state)), 'style_encoder.pth');
    const inside = new Map([...tensors(state, 'module.obj_vector.'), ...tensors(refinement)]);
    const cut = readStyleEncoderCheckpoint(throughFile(new Map([['model', inside]])), 'style_encoder.pth');
    for (const { model, persons } of [alone, cut]) {
      expect(persons).toBe(7);
      expect([...model.keys()].sort()).toEqual([...state.keys()].sort());
    }
  });

  it('emc.pth with and without a bias of its person table', () => {
    for (const personBias of [true, false]) {
      const entries = describeEmc({ period: 5, persons: 4, personBias }, 1).motion.networks.step.scope.entries();
      const table = new Map([...entries].filter(([key]) => /PPE|obj_vector/.test(key)));
      const weights = readEmcCheckpoint(throughFile(tensors(pcTalkState('pctalk_emc', table))), 'emc.pth');
      expect([weights.personBias, weights.persons, weights.period]).toEqual([personBias, 4, 5]);
    }
  });
});
