/**
 * W and G against PyTorch on the same threads, and against the matrix product, in turns within each round.
 *
 *   node --import tsx --conditions=source benchmarks/neural-pytorch.ts [--python /usr/bin/python3] [--rounds 7] [--threads 2]
 *
 * The Python named must have torch and numpy (Debian: python3-torch). Weights and inputs are those of the parity tests,
 * handed over as .pth files, and the outputs of both sides are compared. Ratios are medians of those of single rounds, so
 * that other load on the machine touches both sides alike.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { toFloat32 } from '../packages/core/src/formats/stored-tensor.ts';
import { generator } from '../packages/core/src/models/liveportrait/generator.ts';
import { warping } from '../packages/core/src/models/liveportrait/warping.ts';
import { buildNetwork, type ReleasedNetwork } from '../packages/core/src/models/released/build-network.ts';
import type { Tensor, TensorSession } from '../packages/core/src/tensor-runtime.ts';
import { floatTensor, writeCheckpoint } from '../packages/core/test/helpers/checkpoint-writer.ts';
import { formulaState } from '../packages/core/test/helpers/formula.ts';
import { createNodeRuntime } from '../packages/node/src/onnx-runtime.ts';
import { countMacs, drawingInputs, matrixPeak, median, report, secondsOf } from './network-speed.ts';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: '/usr/bin/python3' },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: '2' },
  },
});
const threads = Number(flags.threads);
const runtime = createNodeRuntime({ threads });

/** PyTorch in a process of its own, which runs a network for each line it is sent. */
function startPyTorch(folder: string) {
  const script = fileURLToPath(new URL('pytorch_networks.py', import.meta.url));
  const python = spawn(flags.python, [script, folder, flags.threads], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${flags.python} ended; it needs torch and numpy`);
    return value as string;
  };
  return {
    version: answer,
    async run(name: string): Promise<number> {
      python.stdin.write(`${name}\n`);
      return Number(await answer()) / 1000;
    },
    end: () => python.stdin.end(),
  };
}

interface Subject {
  readonly name: 'warping' | 'generator';
  readonly network: ReleasedNetwork;
  readonly output: string;
}
const SUBJECTS: readonly Subject[] = [
  { name: 'warping', network: warping('5d'), output: 'out' },
  { name: 'generator', network: generator(), output: 'image' },
];

const folder = mkdtempSync(join(tmpdir(), 'pctalk-pytorch-'));
try {
  const inputs = drawingInputs();
  const files: Record<string, Tensor> = { ...inputs.warping, feature: inputs.generator['feature']! };
  for (const [name, { data }] of Object.entries(files))
    writeFileSync(join(folder, `${name}.f32`), data as Float32Array);
  const sessions: TensorSession[] = [];
  for (const { network } of SUBJECTS) {
    const state = formulaState(network.name, network.scope.entries());
    const tensors = new Map([...state].map(([key, t]) => [key, floatTensor(t.dims, toFloat32(t))]));
    writeFileSync(join(folder, `${network.name}.pth`), writeCheckpoint(tensors));
    sessions.push(await runtime.load(buildNetwork(network, state, { where: network.name })));
  }
  const torch = startPyTorch(folder);
  console.log(`onnxruntime-node ${threads} threads; ${await torch.version()}; ${flags.rounds} rounds`);
  const peak = await matrixPeak(runtime);

  for (const [i, { name, output }] of SUBJECTS.entries()) {
    const own = (await sessions[i]!.run(inputs[name]))[output]!.data as Float32Array; // the first runs allocate
    await torch.run(name);
    const theirs = new Float32Array(readFileSync(join(folder, `${name}.out.f32`)).buffer);
    const worst = own.reduce((most, value, k) => Math.max(most, Math.abs(value - theirs[k]!)), 0);
    report(name, `largest difference of the outputs ${worst.toExponential(1)}`);
  }
  await torch.run('product');

  const seconds: Record<string, number[]> = {};
  const note = (name: string, value: number) => (seconds[name] ??= []).push(value);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [i, { name }] of SUBJECTS.entries()) {
      const ours = async () => note(name, await secondsOf(() => sessions[i]!.run(inputs[name])));
      const other = async () => note(`torch ${name}`, await torch.run(name));
      for (const turn of round % 2 === 0 ? [ours, other] : [other, ours]) await turn();
      note(`peak ${name}`, await secondsOf(() => peak.session.run(peak.feeds)));
      note('torch product', await torch.run('product'));
    }
  }
  torch.end();

  const ms = (name: string) => (1000 * median(seconds[name]!)).toFixed(0);
  const ratio = (a: readonly number[], b: readonly number[]) => median(a.map((value, k) => value / b[k]!));
  for (const { name, network } of SUBJECTS) {
    const macs = countMacs(network);
    const share = ratio(
      seconds[`peak ${name}`]!.map((value) => macs * value),
      seconds[name]!.map((value) => peak.macs * value),
    );
    report(
      name,
      `${ms(name)} ms, PyTorch ${ms(`torch ${name}`)} ms, ratio ${ratio(seconds[name]!, seconds[`torch ${name}`]!).toFixed(2)}; ` +
        `${(macs / 1e9).toFixed(1)} GMAC at ${(100 * share).toFixed(0)} % of the matrix product (${(peak.macs / 1e9 / median(seconds[`peak ${name}`]!)).toFixed(1)} GMAC/s)`,
    );
  }
  const sum = (prefix: string) =>
    seconds[`${prefix}warping`]!.map((value, k) => value + seconds[`${prefix}generator`]![k]!);
  report(
    'a frame, W + G',
    `${(1000 * median(sum(''))).toFixed(0)} ms, PyTorch ${(1000 * median(sum('torch '))).toFixed(0)} ms, ratio ${ratio(sum(''), sum('torch ')).toFixed(2)}`,
  );
  report("PyTorch's own matrix product", `${(peak.macs / 1e9 / median(seconds['torch product']!)).toFixed(1)} GMAC/s`);
} finally {
  rmSync(folder, { recursive: true });
}
