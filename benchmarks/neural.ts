/**
 * Speed of the neural path on this machine's CPU, with formula weights at released sizes: medians of interleaved runs, so
 * that a noisy machine slows both sides alike. Run: npx tsx --conditions=source benchmarks/neural.ts [--small] [--runs 3]
 *
 * W and G are set against a matrix-product peak measured in the same rounds, on counted multiply-adds. PyTorch is the
 * matter of neural-pytorch.ts, memory of neural-memory.ts. No GPU is measured.
 */
import { toFloat32 } from '../packages/core/src/formats/stored-tensor.ts';
import { readTorchCheckpoint } from '../packages/core/src/formats/torch-checkpoint.ts';
import { appearanceExtractor } from '../packages/core/src/models/liveportrait/appearance-extractor.ts';
import { generator } from '../packages/core/src/models/liveportrait/generator.ts';
import { motionExtractor } from '../packages/core/src/models/liveportrait/motion-extractor.ts';
import { warping } from '../packages/core/src/models/liveportrait/warping.ts';
import { audioEncoder, encodeAudioWindows } from '../packages/core/src/models/pctalk/audio-encoder.ts';
import { describeEmc, Emc } from '../packages/core/src/models/pctalk/emc.ts';
import { describeLac, Lac } from '../packages/core/src/models/pctalk/lac.ts';
import {
  buildNetwork,
  type ReleasedNetwork,
  type StateDict,
} from '../packages/core/src/models/released/build-network.ts';
import type { Tensor } from '../packages/core/src/tensor-runtime.ts';
import { floatTensor, writeCheckpoint } from '../packages/core/test/helpers/checkpoint-writer.ts';
import { fill, formulaState } from '../packages/core/test/helpers/formula.ts';
import { pcTalkState, REFINEMENT_SHAPES } from '../packages/core/test/helpers/pctalk-formula.ts';
import { createNodeRuntime } from '../packages/node/src/onnx-runtime.ts';
import { countMacs, drawingInputs, matrixPeak, median, report, secondsOf } from './network-speed.ts';

const THREADS = 2;
const SMALL = process.argv.includes('--small');
const runsAt = process.argv.indexOf('--runs');
const RUNS = runsAt < 0 ? 3 : Number(process.argv[runsAt + 1]);
const runtime = createNodeRuntime({ threads: THREADS });

/** A network against the peak, in turns. */
async function againstPeak(network: ReleasedNetwork, feeds: Record<string, Tensor>): Promise<void> {
  const macs = countMacs(network);
  const state = formulaState(network.name, network.scope.entries());
  const session = await runtime.load(buildNetwork(network, state, { where: network.name }));
  const peak = await matrixPeak(runtime);
  const [own, best]: [number[], number[]] = [[], []];
  await session.run(feeds); // the first run allocates
  for (let run = 0; run < RUNS; run++) {
    best.push(await secondsOf(() => peak.session.run(peak.feeds)));
    own.push(await secondsOf(() => session.run(feeds)));
  }
  const rate = macs / median(own);
  const peakRate = peak.macs / median(best);
  const rss = process.memoryUsage().rss / 2 ** 20;
  report(
    network.name,
    `${(median(own) * 1000).toFixed(0)} ms, ${(macs / 1e9).toFixed(1)} GMAC, ${(rate / 1e9).toFixed(1)} GMAC/s, ` +
      `${((100 * rate) / peakRate).toFixed(0)} % of the matrix peak ${(peakRate / 1e9).toFixed(1)} GMAC/s, RSS ${rss.toFixed(0)} MB`,
  );
  await session.dispose();
  await peak.session.dispose();
}

async function readAndBuild(network: ReleasedNetwork): Promise<void> {
  const state = formulaState(network.name, network.scope.entries());
  const file = writeCheckpoint(new Map([...state].map(([key, t]) => [key, floatTensor(t.dims, toFloat32(t))])));
  const [reads, builds]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    let read: StateDict | undefined;
    reads.push(await secondsOf(async () => (read = readTorchCheckpoint(file, network.name) as StateDict)));
    builds.push(await secondsOf(async () => buildNetwork(network, read!, { where: network.name })));
  }
  const megabytes = (file.length / 1e6).toFixed(0);
  report(
    `${network.name}, ${megabytes} MB`,
    `.pth read ${median(reads).toFixed(2)} s, graph build ${median(builds).toFixed(2)} s`,
  );
}

async function motionNetworks(): Promise<void> {
  const frames = 245;
  const features = Array.from({ length: frames }, (_, n) => fill(`benchmark/${n}`, [512], 0, 2));
  const perFrame = (values: readonly number[]) => `${((1000 * median(values)) / frames).toFixed(2)} ms a frame`;
  for (const period of [25, 50]) {
    const facts = { period, persons: 210 };
    const weights = {
      ...facts,
      model: pcTalkState('pctalk_lac', describeLac(facts).step.scope.entries()),
      refinement: pcTalkState('pctalk_lac_ft', REFINEMENT_SHAPES),
    };
    const lac = await Lac.load(weights, runtime, { where: 'LAC' });
    const emcFacts = { period, persons: 40, personBias: true };
    const model = pcTalkState('pctalk_emc', describeEmc(emcFacts, 1).motion.networks.step.scope.entries());
    const emc = await Emc.load({ ...emcFacts, model }, ['neutral', 'happy'], runtime, { where: 'EMC' });
    const reference = features.map(() => new Float32Array(18));
    const predict = () => lac.predict(features, { style: { kind: 'person', person: 0 }, reference });
    const [lips, feelings]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      lips.push(await secondsOf(predict));
      feelings.push(await secondsOf(() => emc.predict(features)));
    }
    report(`LAC, windows of ${period}`, `${perFrame(lips)} (aim 1.4)`);
    report(`EMC and neutral, windows of ${period}`, `${perFrame(feelings)} (aim 4.6)`);
    await lac.dispose();
    await emc.dispose();
  }
  const batch = 25;
  const network = audioEncoder(batch);
  const session = await runtime.load(
    buildNetwork(network, pcTalkState(network.name, network.scope.entries()), { where: network.name }),
  );
  const windows = Array.from({ length: 250 }, (_, n) => fill(`benchmark/mel/${n}`, [80 * 16], -4, 4));
  const encodes: number[] = [];
  for (let run = 0; run < RUNS; run++) encodes.push(await secondsOf(() => encodeAudioWindows(windows, session, batch)));
  report(
    'audio encoder',
    `${((1000 * median(encodes)) / windows.length).toFixed(2)} ms a frame in batches of ${batch}`,
  );
  await session.dispose();
}

/** What a GPU of a known rate would need if it reached a share of it: arithmetic, not measurement. */
function expectOnGpu(): void {
  const macs = countMacs(warping('5d')) + countMacs(generator());
  const milliseconds = (teraflops: number) => ((2 * macs) / (teraflops * 1e12 * 0.4)) * 1000;
  report(
    'W + G on a GPU, computed',
    `${milliseconds(40).toFixed(0)} ms at 40 % of 40 TFLOP/s, ${milliseconds(82).toFixed(0)} ms at 40 % of 82 TFLOP/s; not measured here`,
  );
}

console.log(`onnxruntime-node on ${runtime.device}, ${THREADS} threads, medians of ${RUNS} interleaved runs`);
await motionNetworks();
for (const describe of [motionExtractor, appearanceExtractor, () => warping('5d'), generator])
  await readAndBuild(describe());
const image: Tensor = { dims: [1, 3, 256, 256], data: fill('input/image', [3, 256, 256], 0, 1) };
await againstPeak(motionExtractor(), { image });
await againstPeak(appearanceExtractor(), { image });
if (SMALL) report('W and G', 'left out by --small');
else {
  const inputs = drawingInputs();
  await againstPeak(warping('5d'), inputs.warping);
  await againstPeak(generator(), inputs.generator);
}
expectOnGpu();
