/**
 * Speed and memory of a whole render by the program as a user runs it.
 *
 *   npx tsc -b && node --import tsx --conditions=source benchmarks/render.ts [seconds of speech, default 60] [clip] [once]
 *
 * A clip is repeated to that length and dubbed twice, unless once is asked for: tracked first, then with its track from the
 * cache. Its speed counts from the start of the program to its end, tracking included.
 *
 * Real-time factor = seconds of speech ÷ seconds of work from the first frame on; `whole`: ÷ seconds from start to end; `at
 * best`: ÷ processor seconds of all processes per core, what an idle machine cannot exceed. First-frame delay from process
 * start; memory = sum of resident sizes over the process group (Linux only), its peak in each fifth of the run. Prints a table to stderr and JSON to stdout.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFfmpeg, sampleFiles } from '@pctalk/node';

const SAMPLE_MS = 50;
const HEADER_BYTES = 44;

const seconds = Number(process.argv[2] ?? 60);
const clip = process.argv[3];
const isOnce = process.argv[4] === 'once';
const folder = mkdtempSync(join(tmpdir(), 'pctalk-benchmark-'));
try {
  const audio = join(folder, 'speech.wav');
  writeFileSync(audio, repeatSpeech(readFileSync(sampleFiles().audio), seconds));
  const output = ['--audio', audio, '--json', '-o', join(folder, 'out.mp4')];
  if (clip === undefined) await report('portrait', ['--sample', '--emotion', 'happy', ...output]);
  else {
    process.env['PCTALK_CACHE'] = join(folder, 'cache');
    const long = join(folder, 'long.mp4');
    execFileSync(findFfmpeg(), [
      '-v',
      'error',
      '-stream_loop',
      '-1',
      '-i',
      clip,
      '-t',
      `${seconds}`,
      '-c',
      'copy',
      long,
    ]);
    const dubbing = ['--source', long, '--consent', 'benchmark', ...output];
    await report('clip', dubbing);
    if (!isOnce) await report('clip, tracked before', dubbing);
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function report(source: string, args: readonly string[]): Promise<void> {
  const run = await measure(['render', ...args]);
  const { frames, duration, seconds: spent } = run.result;
  const startUp = run.wallSeconds - spent.total + spent.firstFrame;
  const figures = {
    source,
    cores: availableParallelism(),
    speechSeconds: duration,
    frames,
    wallSeconds: round(run.wallSeconds),
    firstFrameSeconds: round(startUp),
    framesPerSecond: round((frames - 1) / (spent.total - spent.firstFrame)),
    realTimeFactor: round(duration / (spent.total - spent.firstFrame)),
    wholeRealTimeFactor: round(duration / run.wallSeconds),
    atBestRealTimeFactor: round((duration * availableParallelism()) / run.cpuSeconds),
    peakMemoryMb: Math.round(run.peakBytes / 2 ** 20),
    peakMemoryMbByFifths: fifths(run.bytes).join(' '),
    cpuSeconds: round(run.cpuSeconds),
  };
  for (const [name, value] of Object.entries(figures)) process.stderr.write(`${name.padEnd(20)}${value}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

interface Run {
  readonly result: { frames: number; duration: number; seconds: { firstFrame: number; total: number } };
  readonly wallSeconds: number;
  readonly peakBytes: number;
  /** Of every sample. */
  readonly bytes: readonly number[];
  readonly cpuSeconds: number;
}

/** Runs the built program as the leader of its own process group and watches the group. */
async function measure(args: readonly string[]): Promise<Run> {
  const program = fileURLToPath(new URL('../packages/cli/bin/pctalk.js', import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  let peakBytes = 0;
  const bytes: number[] = [];
  let cpuSeconds = 0;
  const watch = setInterval(() => {
    const group = groupUse(child.pid!);
    peakBytes = Math.max(peakBytes, group.bytes);
    bytes.push(group.bytes);
    cpuSeconds = Math.max(cpuSeconds, group.cpuSeconds);
  }, SAMPLE_MS);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  if (status !== 0) throw new Error(`the program ended with status ${status}`);
  return {
    result: JSON.parse(stdout),
    wallSeconds: (performance.now() - started) / 1000,
    peakBytes,
    bytes,
    cpuSeconds,
  };
}

/** Resident memory of a process group, bytes, and its processor time so far, its ended children included. */
function groupUse(group: number): { bytes: number; cpuSeconds: number } {
  let pages = 0;
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // From field 3, the state.
      if (Number(fields[2]) !== group) continue;
      pages += Number(fields[21]);
      ticks += [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    } catch {
      // The process has ended meanwhile.
    }
  }
  return { bytes: pages * 4096, cpuSeconds: ticks / 100 };
}

/** The sample's speech over and over: a 16 kHz, 16-bit, mono WAV file of a given length. */
function repeatSpeech(wave: Buffer, length: number): Buffer {
  const speech = wave.subarray(HEADER_BYTES);
  const bytes = Math.round(length * 16_000) * 2;
  const file = Buffer.concat([wave.subarray(0, HEADER_BYTES), Buffer.alloc(bytes, speech)]);
  file.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  file.writeUInt32LE(bytes, 40);
  return file;
}

/** Largest value of each fifth, MB. */
function fifths(bytes: readonly number[]): number[] {
  const length = bytes.length / 5;
  return [0, 1, 2, 3, 4].map((k) =>
    Math.round(Math.max(0, ...bytes.slice(Math.floor(k * length), Math.ceil((k + 1) * length))) / 2 ** 20),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
