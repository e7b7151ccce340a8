import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CONTROLS } from '@pctalk/core';
import { findFfmpeg, sampleFiles } from '@pctalk/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasEar } from '../../node/test/has-ear.ts';
import { run } from './program.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const ASSETS = fileURLToPath(new URL('../../core/assets/', import.meta.url));
const NODE = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  '--conditions=source',
  MAIN,
];
const hasModels = existsSync(join(ASSETS, 'speech-lips.onnx'));

const folder = mkdtempSync(join(tmpdir(), 'pctalk-test-'));
const at = (name: string): string => join(folder, name);
const environment = { ...process.env, XDG_CONFIG_HOME: at('config') };
const { source, audio } = sampleFiles();
const ffmpeg = process.env['PCTALK_FFMPEG'] ?? '';
const here = process.cwd();
afterAll(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines of stderr but for the one that says of the sample's lady that she wears spectacles. */
function besidesSpectacles(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('the person wears spectacles'));
}

/** Runs a command line in this process: the same as the program but for its start. */
async function pctalk(args: readonly string[]): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  try {
    const status = await run(args);
    return { status, stdout, stderr };
  } finally {
    process.exitCode = undefined;
    out.mockRestore();
    err.mockRestore();
  }
}

/** Runs the program itself. */
function program(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...NODE, ...args],
      { env: environment, cwd: folder },
      (_error, stdout, stderr) => {
        resolve({ status: child.exitCode, stdout, stderr });
      },
    );
  });
}

/** The first seconds of a 16 kHz, 16-bit, mono WAV file with a header of 44 bytes. */
function shortened(file: Buffer, seconds: number): Buffer {
  const bytes = seconds * 32_000;
  const short = Buffer.from(file.subarray(0, 44 + bytes));
  short.writeUInt32LE(36 + bytes, 4);
  short.writeUInt32LE(bytes, 40);
  return short;
}

/** A complete command line but for what a test puts wrong. */
const render = (...args: string[]): string[] => ['render', '--sample', '--output', at('out/video.mp4'), ...args];

beforeAll(async () => {
  process.chdir(folder);
  vi.stubEnv('XDG_CONFIG_HOME', at('config'));
  mkdirSync(at('out'));
  writeFileSync(at('short.wav'), shortened(readFileSync(audio), 1.2));
  writeFileSync(at('text.jpg'), 'no picture');
  writeFileSync(at('text.wav'), 'no sound');
  writeFileSync(at('empty.wav'), '');
  execFileSync(findFfmpeg(), ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=1', at('clip.mp4')]);
  writeFileSync(at('cut.wav'), readFileSync(audio).subarray(0, 50_000));
  writeFileSync(at('cut.jpg'), readFileSync(source).subarray(0, 30_000));
  writeFileSync(at('broken.json'), '{ "version": 1, ');
  writeFileSync(at('typo.json'), '{ "version": 1, "lipScal": 1 }');
  writeFileSync(at('wild.json'), '{ "version": 1, "lipScale": 99 }');
  const plain = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#888888' } });
  await plain(1, 1).png().toFile(at('dot.png'));
  await plain(300, 300).png().toFile(at('plain.png'));
  await plain(8000, 6300).png().toFile(at('huge.png'));
  const face = await sharp(source).toBuffer();
  const pair = [
    { input: face, left: 0, top: 0 },
    { input: face, left: 512, top: 0 },
  ];
  await plain(1024, 600).composite(pair).png().toFile(at('pair.png'));
});

const evaluate = (portraits: string, output: string): string[] => [
  ...['evaluate', 'emotion', '--portraits', portraits, '--speech', 'short.wav', '--output', output],
];

describe('refusals: one message, the documented status, no stack, no file', () => {
  const consent = ['--consent', 'a test'];
  const cases: [name: string, args: string[], status: number, code: string, part: string][] = [
    ['no command', [], 2, 'usage', 'pctalk --help'],
    ['unknown command', ['rendr'], 2, 'usage', 'Did you mean render?'],
    ['unknown flag', render('--lipscale', '1'), 2, 'usage', '--lip-scale'],
    ['no source', ['render', '--output', 'a.mp4'], 2, 'usage', '--source'],
    ['no output', ['render', '--sample'], 2, 'usage', '--output'],
    ['not a number', render('--lip-scale', 'NaN'), 2, 'value-out-of-range', "'NaN'"],
    ['no number', render('--blink', ''), 2, 'value-out-of-range', '--blink'],
    ['infinite', render('--head-motion', 'Infinity', '--unsafe-range'), 2, 'value-out-of-range', '--head-motion'],
    ['beyond the limits', render('--lip-scale', '99'), 2, 'value-out-of-range', `${CONTROLS.lipScale.limits[1]}`],
    ['fractional seed', render('--seed', '1.5'), 2, 'value-out-of-range', '--seed'],
    ['negative face', render('--face-index', '-1'), 2, 'value-out-of-range', '--face-index'],
    ['unknown emotion', render('--emotion', 'hapy'), 2, 'unknown-name', "'happy'"],
    ['unknown region', render('--emotion', 'happy:brow'), 2, 'unknown-name', "'brows'"],
    ['too strong', render('--emotion', 'happy:all:7'), 2, 'value-out-of-range', 'intensity'],
    ['unknown ear', render('--ear', 'fool'), 2, 'unknown-name', "light or full, got 'fool'"],
    [
      'an ear that liveportrait has not',
      render('--ear', 'full', '--renderer', 'liveportrait'),
      2,
      'usage',
      '--ear full',
    ],
    ['unknown style', render('--style', 'naturl'), 2, 'unknown-name', "'natural'"],
    ['unknown movement', render('--articulation', 'opning:1'), 2, 'unknown-name', "'opening'"],
    ['movement without scale', render('--articulation', 'opening'), 2, 'usage', 'NAME:SCALE'],
    ['no such performance', render('--performance', 'none.json'), 2, 'performance-invalid', 'none.json'],
    ['broken performance', render('--performance', 'broken.json'), 2, 'performance-invalid', 'JSON'],
    ['misspelt field', render('--performance', 'typo.json'), 2, 'unknown-name', 'lipScale'],
    ['wild performance', render('--performance', 'wild.json'), 2, 'value-out-of-range', 'lipScale'],
    ['unreadable by verify', ['verify', 'text.jpg'], 3, 'provenance-unreadable', 'text.jpg'],
    [
      'performance over a source',
      render('--source', 'pair.png', '--save-performance', 'pair.png'),
      4,
      'output-unwritable',
      '.json',
    ],
    [
      'performance over a reference',
      render('--motion-reference', 'wild.json', '--renderer', 'liveportrait', '--save-performance', 'wild.json'),
      4,
      'output-unwritable',
      'the input itself',
    ],
    ['device as performance', render('--performance', '/dev/zero'), 2, 'performance-invalid', 'device'],
    ['no such clip to feel with', render('--emotion-video', 'none.mp4'), 3, 'video-unreadable', 'none.mp4'],
    ['no such portraits', evaluate('none', 'out/figures'), 2, 'usage', '--portraits'],
    ['figures below a file', evaluate('.', 'text.jpg/figures'), 4, 'output-unwritable', 'text.jpg'],
    ['device to verify', ['verify', '/dev/zero'], 3, 'provenance-unreadable', 'device'],
    ['video of another kind', ['render', '--sample', '-o', 'out/x.avi'], 4, 'output-unwritable', 'name it out/x.mp4'],
    ['track of another kind', ['track', 'clip.mp4', '-o', 'x.csv'], 4, 'output-unwritable', 'name it x.json'],
    ['clip to feel with as a picture', render('--emotion-image', 'clip.mp4'), 3, 'image-unreadable', '--emotion-video'],
    ['picture to feel with as a clip', render('--emotion-video', 'pair.png'), 3, 'video-unreadable', '--emotion-image'],
    ['clip to inspect', ['inspect', 'clip.mp4'], 3, 'image-unreadable', 'got a clip'],
    ['no such picture', ['inspect', 'none.jpg'], 3, 'image-unreadable', 'none.jpg'],
    ['cut picture', ['inspect', 'cut.jpg'], 3, 'image-unreadable', 'cut.jpg'],
    ['tiny picture', ['inspect', 'dot.png'], 3, 'image-too-small', '1 × 1'],
    ['huge picture', ['inspect', 'huge.png'], 3, 'image-too-large', '50 megapixels'],
    [
      'overlay over the source',
      ['inspect', 'pair.png', '--overlay', 'pair.png'],
      4,
      'output-unwritable',
      'the input itself',
    ],
  ];
  const withModels: typeof cases = [
    ['no consent', render('--source', 'pair.png'), 2, 'consent-missing', '--consent'],
    ['empty consent', render('--source', 'pair.png', '--consent', ' '), 2, 'consent-missing', '--consent'],
    ['no picture', render('--source', 'text.jpg', ...consent), 3, 'image-unreadable', 'text.jpg'],
    ['missing picture', render('--source', 'none.jpg', ...consent), 3, 'image-unreadable', 'none.jpg'],
    ['no face', render('--source', 'plain.png', ...consent), 3, 'no-face', 'plain.png'],
    ['several faces', render('--source', 'pair.png', ...consent), 3, 'several-faces', '--face-index'],
    [
      'no such face',
      render('--source', 'pair.png', ...consent, '--face-index', '2'),
      2,
      'value-out-of-range',
      '--face-index',
    ],
    ['no sound', render('--audio', 'text.wav'), 3, 'audio-unreadable', 'text.wav'],
    ['missing sound', render('--audio', 'none.wav'), 3, 'audio-unreadable', 'none.wav'],
    ['cut sound', render('--audio', 'cut.wav'), 3, 'audio-unreadable', 'cut'],
    ['empty sound', render('--audio', 'empty.wav'), 3, 'audio-empty', 'empty'],
    ['missing folder', ['render', '--sample', '--output', 'none/out.mp4'], 4, 'output-unwritable', 'no folder'],
    ['folder as output', ['render', '--sample', '--output', 'out'], 4, 'output-unwritable', '.mp4'],
  ];

  it.each(cases)('%s', async (_name, args, status, code, part) => check(await pctalk(args), status, code, part));

  it.each(withModels)('%s', async (_name, args, status, code, part, context) => {
    if (!hasModels) return (context as unknown as { skip(why: string): void }).skip('the speech model is not there');
    check(await pctalk(args), status, code, part);
  });

  it('no ffmpeg', async (context) => {
    if (!hasModels) return context.skip('the speech model is not there');
    vi.stubEnv('PCTALK_FFMPEG', at('none'));
    const ended = await pctalk(render());
    vi.stubEnv('PCTALK_FFMPEG', ffmpeg);
    check(ended, 5, 'media-tool-missing', 'PCTALK_FFMPEG');
  });

  function check({ status, stdout, stderr }: Ended, wanted: number, code: string, part: string): void {
    const errors = stderr.split('\n').filter((line) => line.startsWith('error'));
    expect(errors, stderr).toEqual([expect.stringMatching(`^error \\[${code}\\]: `)]);
    expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(status).toBe(wanted);
    expect(readdirSync(at('out'))).toEqual([]);
  }
});

describe('pctalk', () => {
  it('is a program: a message, a status, a stack with --debug only', async () => {
    const ended = await program(['verify', 'none.mp4']);
    expect(ended).toEqual({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(/^error \[provenance-unreadable\]: [^\n]*\n$/),
    });
    expect((await program(['verify', 'none.mp4', '--debug'])).stderr).toMatch(/^\s+at /m);
  });

  it('helps with examples, limits and recommended ranges', async () => {
    const { status, stdout } = await pctalk(['render', '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:');
    for (const { limits, recommended } of [CONTROLS.lipScale, CONTROLS.blink]) {
      expect(stdout).toContain(`(${limits.join('–')}, recommended ${recommended.join('–')}`);
    }
  });

  it('lists limits as JSON', async () => {
    const { stdout } = await pctalk(['limits', '--json']);
    expect(JSON.parse(stdout).controls).toEqual(CONTROLS);
  });

  it('numbers the faces from the left and draws them', async () => {
    const { stdout, stderr } = await pctalk(['inspect', 'pair.png', '--overlay', 'seen.png']);
    const report = JSON.parse(stdout);
    expect(report.faces.map((face: { index: number }) => face.index)).toEqual([0, 1]);
    expect(report.faces[1].box.left - report.faces[0].box.left).toBeGreaterThan(400);
    expect(report.faces[0].landmarks.length).toBe(478);
    expect(stderr).toContain('2 faces');
    expect(await sharp(at('seen.png')).metadata()).toMatchObject({ format: 'png', width: 1024, height: 600 });
  });
});

describe.skipIf(!hasModels)('pctalk render', () => {
  it('makes a video that states what it is, and saves the performance', async () => {
    const made = await pctalk([
      'render',
      '--sample',
      '--audio',
      'short.wav',
      '-o',
      'a.mp4',
      '--json',
      '--emotion',
      'happy::0.4',
      '--seed',
      '7',
      '--save-performance',
      'a.json',
    ]);
    expect(besidesSpectacles(made.stderr)).toEqual([]);
    expect(JSON.parse(made.stdout)).toMatchObject({
      width: 512,
      height: 512,
      frames: 30,
      consent: { text: expect.stringContaining('bundled sample') },
    });
    expect(JSON.parse(readFileSync(at('a.json'), 'utf8'))).toMatchObject({
      seed: 7,
      emotion: [{ emotion: 'happy', region: 'all', intensity: 0.4 }],
    });
    const verified = await pctalk(['verify', 'a.mp4', '--json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ valid: true, trusted: false, actions: ['c2pa.created'] });
    const changed = readFileSync(at('a.mp4'));
    changed[changed.length - 100]! ^= 1;
    writeFileSync(at('changed.mp4'), changed);
    expect(await pctalk(['verify', 'changed.mp4'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('do NOT hold'),
    });
  });

  it('warns once of a value outside what is recommended', async () => {
    const args = ['--sample', '--audio', 'short.wav', '--lip-scale', '0.2', '--blink', '2.5'];
    for (const command of [
      ['render', ...args, '-o', 'warned.mp4', '--json'],
      ['motion', ...args],
    ]) {
      const { status, stderr } = await pctalk(command);
      expect(status).toBe(0);
      expect(besidesSpectacles(stderr)).toEqual([
        expect.stringMatching(/^warning: --lip-scale: 0.2 is outside/),
        expect.stringMatching(/^warning: --blink: 2.5 is outside/),
      ]);
    }
    writeFileSync(at('low.json'), '{ "version": 1, "lipScale": 0.2, "later": 1 }');
    const { stderr } = await pctalk(['motion', '--sample', '--audio', 'short.wav', '--performance', 'low.json']);
    expect(besidesSpectacles(stderr).length).toBe(2);
    expect(stderr).toContain('warning: low.json.lipScale: 0.2');
    expect(stderr).toContain('warning: low.json.later');
  });

  it('leaves nothing after Ctrl-C', async () => {
    mkdirSync(at('stop'));
    const child = spawn(process.execPath, [...NODE, 'render', '--sample', '-o', at('stop/a.mp4')], {
      env: environment,
      cwd: folder,
    });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    while (readdirSync(at('stop')).length < 2 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(stderr).toMatch(/error \[cancelled\]/);
    expect(readdirSync(at('stop'))).toEqual([]);
  });

  it('stops and tidies up when its reader has seen enough', async () => {
    mkdirSync(at('enough'));
    const child = spawn(process.execPath, [...NODE, 'motion', '--sample', '--save-performance', at('enough/p.json')], {
      env: environment,
      cwd: folder,
    });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    child.stdout.once('data', () => child.stdout.destroy());
    expect([await closed, besidesSpectacles(stderr)]).toEqual([0, []]);
    expect(readdirSync(at('enough'))).toEqual([]);
  });

  it('prints every frame of the motion as one JSON line', async () => {
    const { stdout } = await pctalk(['motion', '--sample', '--audio', 'short.wav']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBe(30);
    expect(lines[25]).toMatchObject({ frameIndex: 25, time: 1 });
    expect(lines[25].keypoints.length).toBe(478);
    expect(Object.keys(lines[25].coefficients)).toContain('jawOpen');
    for (const { coefficients, lips, emotion, life } of lines) {
      expect(emotion.jawOpen + life.jawOpen).toBe(0);
      expect(coefficients.jawOpen).toBeCloseTo(lips.jawOpen, 3);
    }
  });

  it('prints motion as Live Link Face records it, and as visemes', async () => {
    const csv = await pctalk(['motion', '--sample', '--audio', 'short.wav', '--format', 'arkit-csv']);
    const rows = csv.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(rows).toHaveLength(31);
    for (const row of rows) expect(row).toHaveLength(63);
    expect([rows[0]![0], rows[26]![0], rows[26]![1]]).toEqual(['Timecode', '00:00:01:00.000', '61']);
    const jaw = rows.slice(1).map((row) => Number(row[rows[0]!.indexOf('JawOpen')]));
    expect(Math.max(...jaw)).toBeGreaterThan(0.05);
    const heard = await pctalk(['motion', '--sample', '--audio', 'short.wav', '--format', 'visemes']);
    const visemes = heard.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).visemes as Record<string, number>);
    expect(visemes).toHaveLength(30);
    for (const each of visemes) expect(Object.values(each).reduce((a, b) => a + b)).toBeCloseTo(1, 3);
    expect(
      new Set(visemes.map((each) => Object.entries(each).toSorted((a, b) => b[1] - a[1])[0]![0])).size,
    ).toBeGreaterThan(2);
    expect((await pctalk(['motion', '--sample', '--format', 'csv'])).status).toBe(2);
  });

  it.skipIf(!hasEar('the full ear in pctalk motion'))('hears lips with the full ear where that is asked', async () => {
    const jaw = async (...flags: string[]) => {
      const { stdout } = await pctalk(['motion', '--sample', '--audio', 'short.wav', ...flags]);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).lips.jawOpen as number);
    };
    const [light, full] = [await jaw(), await jaw('--ear', 'full')];
    expect(await jaw('--ear', 'light')).toEqual(light);
    expect(full).toHaveLength(light.length);
    expect(full).not.toEqual(light);
    expect(Math.max(...full)).toBeGreaterThan(0.05);
  });
});
