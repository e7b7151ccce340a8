/**
 * CPU seconds of a train step beside a matrix-product peak measured in the same run. The ratio is the figure: it says
 * which part of the time a machine would need for the step's multiplications alone, and does not depend on its load.
 *
 * npx tsx --conditions=source benchmarks/train-step.ts [threads]
 */
import { type LacConfig, lacForced, RELEASED_LAC, uniformAt } from '@pctalk/core';
import { emitInference, input, matmul, mean, type Network, ParameterScope, sizeOf, square, sub } from '@pctalk/graph';
import { firstWeights, Trainer } from '@pctalk/train';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const BATCH = 16;
const FRAMES = 100;
const REPEATS = 7;
/** The released network with a feed-forward part widened until it has 4.3 million parameters. */
const CONFIG: LacConfig = { ...RELEASED_LAC, hidden: 1856, period: FRAMES };

const threads = Number(process.argv[2] ?? 1);

/** Median CPU seconds of `work`, run a few times after two warm-up runs. */
async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = -2; i < REPEATS; i++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    if (i >= 0) times.push((user + system) / 1e6);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(REPEATS / 2)]!;
}

/** Multiply-adds a CPU second at the shape of this network's own products. */
async function measurePeak(): Promise<number> {
  const [rows, width, count] = [BATCH * FRAMES, CONFIG.width, 16];
  const scope = new ParameterScope();
  let x = input('x', [rows, width]);
  for (let i = 0; i < count; i++)
    x = matmul(x, scope.parameter(`w${i}`, [width, width], { kind: 'normal', deviation: width ** -0.5 }));
  const network: Network = { name: 'peak', outputs: { x_out: x } };
  const session = await InferenceSession.create(
    emitInference(network, firstWeights(scope.parameters(), 1)),
    sessionOptions(),
  );
  const fed = new Tensor('float32', new Float32Array(rows * width).fill(0.1), [rows, width]);
  const seconds = await cpuSeconds(() => session.run({ x: fed }));
  await session.release();
  return (rows * width * width * count) / seconds;
}

function sessionOptions() {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

const scope = new ParameterScope();
const shapes = {
  audio: [BATCH, FRAMES, CONFIG.audioWidth],
  style: [BATCH, CONFIG.width],
  motion: [BATCH, FRAMES, CONFIG.motionWidth],
};
const truth = input('motion', shapes.motion);
const conditions = { audio: input('audio', shapes.audio), style: input('style', shapes.style) };
const loss = mean(square(sub(lacForced(conditions, truth, CONFIG, scope), truth)));
const parameters = scope.parameters();
const count = [...parameters.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
const trainer = await Trainer.create({ name: 'benchmark', loss }, firstWeights(parameters, 1), { threads });
const batch = Object.fromEntries(
  Object.entries(shapes).map(([name, dims], stream) => [
    name,
    { dims, data: Float32Array.from({ length: sizeOf(dims) }, (_, i) => uniformAt(1, stream, i) - 0.5) },
  ]),
);

const peak = await measurePeak();
let step = 0;
const losses: number[] = [];
const seconds = await cpuSeconds(async () => {
  losses.push((await trainer.step(batch, 1e-4, ++step))['loss']!);
});
const peakAfter = await measurePeak();
await trainer.dispose();

// Forward, gradient of the input and gradient of the weights: three products for each weight and frame. The query and
// key rows of the cross-attention are not multiplied; the scores of self-attention are T² · D twice for each clip.
const used = count - 2 * CONFIG.width * (CONFIG.width + 1);
const products = 3 * BATCH * FRAMES * (used + 2 * FRAMES * CONFIG.width);
const best = Math.max(peak, peakAfter);
console.log(`parameters          ${(count / 1e6).toFixed(2)} M, batch ${BATCH} x ${FRAMES}, ${threads} threads`);
console.log(`step                ${seconds.toFixed(3)} CPU s (median of ${REPEATS})`);
console.log(
  `matrix-product peak ${((2 * best) / 1e9).toFixed(1)} GFLOP a CPU second (before ${((2 * peak) / 1e9).toFixed(1)}, after ${((2 * peakAfter) / 1e9).toFixed(1)})`,
);
console.log(`products alone      ${(products / best).toFixed(3)} CPU s`);
console.log(`ratio               ${(seconds / (products / best)).toFixed(2)} x the products alone`);
console.log(`loss                ${losses[0]!.toFixed(4)} -> ${losses.at(-1)!.toFixed(4)}`);
