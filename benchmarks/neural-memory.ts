/**
 * Memory of W and G on the CPU, each in a process of its own: from its .pth file to drawn frames.
 *
 *   node --import tsx --conditions=source benchmarks/neural-memory.ts [warping | generator]
 *
 * Counted: bytes of weights and the largest sum of activations alive at one time. Measured (Linux): resident memory above
 * that of the bare runtime, after three runs and a collection, and at its highest.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toFloat32 } from '../packages/core/src/formats/stored-tensor.ts';
import { readTorchCheckpoint } from '../packages/core/src/formats/torch-checkpoint.ts';
import { generator } from '../packages/core/src/models/liveportrait/generator.ts';
import { stitchingNetwork } from '../packages/core/src/models/liveportrait/stitching.ts';
import { warping } from '../packages/core/src/models/liveportrait/warping.ts';
import { buildNetwork, type StateDict } from '../packages/core/src/models/released/build-network.ts';
import { floatTensor, writeCheckpoint } from '../packages/core/test/helpers/checkpoint-writer.ts';
import { formulaState } from '../packages/core/test/helpers/formula.ts';
import { createNodeRuntime } from '../packages/node/src/onnx-runtime.ts';
import { drawingInputs, peakActivationBytes, report, sizeOf } from './network-speed.ts';

const NETWORKS = { warping: () => warping('5d'), generator: () => generator() };
type Name = keyof typeof NETWORKS;
const [name, file] = process.argv.slice(2) as [Name | undefined, string | undefined];
if (name !== undefined && file !== undefined) await measure(name, file);
else for (const each of name === undefined ? (['warping', 'generator'] as const) : [name]) compare(each);

/** MB of this process: now, and the most there ever was. */
function residentMegabytes(): { readonly now: number; readonly most: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const read = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), most: read('VmHWM') };
}

async function measure(name: Name, file: string): Promise<void> {
  const runtime = createNodeRuntime({ threads: 2 });
  const small = stitchingNetwork('stitching');
  const state = formulaState(small.name, small.scope.entries());
  await runtime.load(buildNetwork(small, state, { where: small.name })); // what the runtime takes by itself
  globalThis.gc?.();
  const before = residentMegabytes().now;
  const load = () => {
    const read = readTorchCheckpoint(readFileSync(file), file) as StateDict;
    return runtime.load(buildNetwork(NETWORKS[name](), read, { where: name }));
  };
  const session = await load();
  const inputs = drawingInputs()[name];
  for (let run = 0; run < 3; run++) await session.run(inputs);
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { now, most } = residentMegabytes();
  console.log(JSON.stringify({ held: now - before, most: most - before }));
}

function compare(name: Name): void {
  const network = NETWORKS[name]();
  const folder = mkdtempSync(join(tmpdir(), 'pctalk-memory-'));
  try {
    const state = formulaState(network.name, network.scope.entries());
    const tensors = new Map([...state].map(([key, t]) => [key, floatTensor(t.dims, toFloat32(t))]));
    const file = join(folder, `${name}.pth`);
    writeFileSync(file, writeCheckpoint(tensors));
    const own = fileURLToPath(import.meta.url);
    const flags = ['--expose-gc', '--import', 'tsx', '--conditions=source', own, name, file];
    const child = spawnSync(process.execPath, flags, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const { held, most } = JSON.parse(child.stdout) as { held: number; most: number };
    const weights = [...network.scope.parameters().values()].reduce((sum, v) => sum + 4 * sizeOf(v.shape), 0) / 2 ** 20;
    const activations = peakActivationBytes(network) / 2 ** 20;
    const bound = 1.3 * weights + activations;
    report(
      name,
      `weights ${weights.toFixed(0)} MB, activations ${activations.toFixed(0)} MB; held ${held.toFixed(0)} MB ` +
        `(1.3 × weights + activations = ${bound.toFixed(0)} MB), at most ${most.toFixed(0)} MB while loading`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
