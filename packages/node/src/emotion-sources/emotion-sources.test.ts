import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePerformance } from '@pctalk/core';
import { add, constant, emitInference, input, mean, mul, reshape, square } from '@pctalk/graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { levelAt } from '../../../core/src/pipeline/timeline.ts';
import { ClassifierStore } from '../model-store/classifier-store.ts';
import { createNodeRuntime } from '../onnx-runtime.ts';
import { sampleFiles } from '../sample.ts';
import { readTalkerAssets } from '../talker-assets.ts';
import { readEmotionAudio } from './read-emotion-audio.ts';
import { readEmotionText, textOfWords } from './read-emotion-text.ts';
import { readVoiceEnergy } from './read-voice-energy.ts';
import { createTextClassifier, type TextPipeline } from './text-classifier.ts';
import { createVoiceClassifier } from './voice-classifier.ts';

const LABELS = ['neutral', 'joy', 'anger'];
const { audio } = sampleFiles();
const runtime = createNodeRuntime();
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pctalk-sources-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder as the hub has them; `network` hears joy in loud sound and anger in quiet. */
async function classifier(name: string, labels: readonly string[] = LABELS, samples = 48_000): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const id2label = Object.fromEntries(labels.map((label, i) => [i, label]));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ id2label }));
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ do_normalize: false }));
  await writeFile(join(folder, 'README.md'), '---\nlanguage: en\nlicense: cc0-1.0\n---\n');
  const power = reshape(mean(square(input('input_values', [1, samples]))), [1, 1]);
  const logits = add(mul(power, constant([0, 400, -400], [1, 3])), constant([0, -4, 4], [1, 3]));
  await writeFile(join(folder, 'onnx/model.onnx'), emitInference({ name, outputs: { logits } }, new Map()));
  return folder;
}

async function textOptions() {
  return { audio, runtime, speech: (await readTalkerAssets()).speech };
}

describe('readEmotionText', () => {
  it('follows the words of the performance, keeps the hash, and can be edited', async () => {
    const text = 'I love this. I am terrified!';
    const words = ['I', 'love', 'this', 'I', 'am', 'terrified'].map((word, i) => ({
      text: word,
      start: i,
      end: i + 0.8,
      origin: 'given' as const,
    }));
    const clips = await readEmotionText(text, { ...(await textOptions()), words });
    const document = { version: 1, words, emotion: clips };
    expect(parsePerformance(document, 'test', { styles: [], onWarning: expect.unreachable })).toEqual(document);
    expect(clips.map(({ emotion }) => emotion)).toEqual(['happy', 'fear']);
    const [happy, fear] = clips.map(({ intensity }) => intensity);
    expect(levelAt(happy!, 1.5)).toBeGreaterThan(0.5);
    expect(levelAt(happy!, 4.5)).toBe(0);
    expect(levelAt(fear!, 4.5)).toBeGreaterThan(0.7);
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(clips[0]!.source).toEqual({ kind: 'text', sha256, by: 'lexicon' });
    expect(textOfWords(words.map((word, i) => (i > 2 ? { ...word, start: i + 1, end: i + 1.8 } : word)))).toBe(
      'I love this. I am terrified',
    );
  });

  it('aligns what is said to the speech', async () => {
    const text =
      'Hello and welcome. People keep asking about machines that move and speak. Please choose a good book, and read it by the pool.';
    const onWarning = ({ message }: { readonly message: string }) => expect.unreachable(message);
    const [happy] = await readEmotionText(text, { ...(await textOptions()), onWarning });
    const level = (time: number) => levelAt(happy!.intensity, time);
    expect([level(0.6), level(2.8), level(5)].map((value) => value > 0.1)).toEqual([true, false, true]);
  });

  it('refuses a language that the lexicon does not know, by its name', async () => {
    for (const [text, name] of [
      ['Ich war so traurig, aber die Party war super.', 'German'],
      ['Der Zug kommt um neun.', 'German'],
      ['Je suis très heureux que vous soyez venus.', 'French'],
      ['Я так рад тебя видеть!', 'Russian'],
      ['うれしいです', 'Japanese'],
    ]) {
      await expect(readEmotionText(text!, await textOptions())).rejects.toThrow(`expected English, got ${name}`);
    }
    await expect(readEmotionText('Super!', { ...(await textOptions()), language: 'fr' })).rejects.toThrow('French');
  });

  it('spreads other texts over the speech that the model hears, and says when it finds nothing', async () => {
    const warnings: string[] = [];
    const onWarning = ({ code }: { readonly code: string }) => void warnings.push(code);
    const [clip] = await readEmotionText('Wonderful.', { ...(await textOptions()), onWarning });
    const times = (clip!.intensity as { time: number }[]).map(({ time }) => time);
    expect(times.at(-1)).toBeGreaterThan(5);
    expect(times.at(-1)).toBeLessThan(7.5);
    expect(await readEmotionText('The train comes at nine.', { ...(await textOptions()), onWarning })).toEqual([]);
    expect(warnings).toContain('words-spread');
    expect(warnings.at(-1)).toBe('no-emotion');
    await expect(readEmotionText(' ... ', await textOptions())).rejects.toMatchObject({ code: 'performance-invalid' });
  });
});

describe('readVoiceEnergy', () => {
  it('lays the size of movement of a voice on speech of another length, against a usual or its own calm voice', async () => {
    const options = { ...(await textOptions()), duration: 20, fit: 'stretch' as const };
    const energy = await readVoiceEnergy(audio, options);
    parsePerformance({ version: 1, energy }, 'test', { styles: [], onWarning: expect.unreachable });
    const level = (track: typeof energy, time: number) => levelAt((track as { value: number }[])[0]!.value, time);
    expect(level(energy, 0)).toBeCloseTo(1, 1); // A usual voice at first.
    const sizes = Array.from({ length: 20 }, (_, time) => level(energy, time));
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeGreaterThan(0.1);
    const own = await readVoiceEnergy(audio, { ...options, neutral: audio });
    const mean = Array.from({ length: 200 }, (_, n) => Math.log(level(own, n / 10))).reduce((a, b) => a + b) / 200;
    expect(mean).toBeCloseTo(0, 1);
  });
});

describe('createTextClassifier', () => {
  const answers =
    (scores: readonly number[], labels = LABELS): (() => Promise<TextPipeline>) =>
    async () =>
    async (texts) =>
      texts.map(() => labels.map((label, i) => ({ label, score: scores[i]! })));

  it('reads the text with a pipeline of transformers.js', async () => {
    const folder = await classifier('emoberta');
    const reader = await createTextClassifier(folder, answers([0.1, 0.2, 0.7]));
    const clips = await readEmotionText('One. Two.', { ...(await textOptions()), classifier: reader });
    expect(clips.map(({ emotion }) => emotion)).toEqual(['happy', 'angry']);
    expect(clips[1]!.source!.by).toBe('emoberta');
  });

  it('says what is missing or wrong', async () => {
    await expect(createTextClassifier(join(root, 'none'))).rejects.toMatchObject({ code: 'model-missing' });
    await expect(createTextClassifier(await classifier('review', ['POSITIVE', 'NEGATIVE', 'x']))).rejects.toThrow(
      /'POSITIVE'/,
    );
    const odd = await createTextClassifier(await classifier('odd'), answers([1, 1, 1], ['a', 'b', 'c']));
    await expect(odd.classify(['x'])).rejects.toMatchObject({ code: 'model-invalid' });
    await expect(createTextClassifier(await classifier('plain'))).rejects.toThrow(
      /@huggingface\/transformers|transformers\.js/,
    );
  });
});

describe('readEmotionAudio', () => {
  const options = { duration: 7, fit: 'hold' as const };

  it('feels what the voice feels, and raises the brows where it is lively without a name', async () => {
    const clips = await readEmotionAudio(audio, options);
    expect(clips.at(-1)).toMatchObject({ emotion: 'surprised', region: 'upper_face', source: { by: 'voice-feeling' } });
    const own = await readEmotionAudio(audio, { ...options, neutral: audio });
    expect(own.filter(({ region }) => region === 'all')).toEqual([]); // A voice as usual feels nothing.
    parsePerformance({ version: 1, emotion: clips }, 'test', { styles: [] });
  });

  it('takes the arousal of the voice as the strength of a named emotion', async () => {
    const [happy] = await readEmotionAudio(audio, { ...options, as: { emotion: 'happy', region: 'lips' } });
    expect(happy).toMatchObject({ emotion: 'happy', region: 'lips', source: { by: 'voice-arousal' } });
    const values = (happy!.intensity as { value: number }[]).map(({ value }) => value);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.2);
    const [calmer] = await readEmotionAudio(audio, {
      ...options,
      neutral: audio,
      as: { emotion: 'sad', region: 'all' },
    });
    expect(calmer!.intensity).toEqual(happy!.intensity);
  });

  it('hears emotions with a classifier', async () => {
    const voice = await createVoiceClassifier(await classifier('wav2vec'), runtime);
    const sound = Float32Array.from({ length: 9 * 16_000 }, (_, n) => (n < 64_000 ? 0.3 : 0.02) * Math.sin(n / 5));
    const felt = await voice.classify(sound);
    expect(felt).toHaveLength(45);
    expect(felt[5]!.happy).toBeGreaterThan(0.9);
    expect(felt[5]!.angry).toBeUndefined();
    expect(felt[40]!.angry).toBeGreaterThan(0.9);
    const clips = await readEmotionAudio(audio, { ...options, classifier: voice });
    expect(clips[0]!.source!.by).toBe('wav2vec');
    await voice.dispose();
  });

  it('refuses a network that does not fit', async () => {
    const open = async (folder: Promise<string>) => createVoiceClassifier(await folder, runtime);
    await expect(open(classifier('two', ['joy', 'anger']))).rejects.toThrow(/logits \[1, 2\].*got logits \[1, 3\]/);
    await expect(open(classifier('short', LABELS, 100))).rejects.toThrow(/expected an input input_values/);
    const folder = await classifier('rate');
    await writeFile(join(folder, 'preprocessor_config.json'), '{"sampling_rate":8000}');
    await expect(createVoiceClassifier(folder, runtime)).rejects.toThrow(/sampling_rate of 16000, got 8000/);
    await writeFile(join(folder, 'preprocessor_config.json'), '{}');
    await writeFile(join(folder, 'onnx/model.onnx'), 'no network');
    await expect(createVoiceClassifier(folder, runtime)).rejects.toMatchObject({ code: 'model-invalid' });
  });
});

describe('ClassifierStore', () => {
  it('adds a folder with the licence it states, opens it and notices changes', async () => {
    const store = new ClassifierStore(join(root, 'store'));
    const source = await classifier('mine');
    await expect(store.open('voice-emotion')).rejects.toMatchObject({ code: 'model-missing' });
    await expect(store.add('voice-emotion', source, async () => false)).rejects.toMatchObject({
      code: 'licence-not-accepted',
    });
    const asked: string[] = [];
    await store.add('voice-emotion', source, async (_, { name }) => asked.push(name) > 0);
    expect(asked).toEqual(['cc0-1.0']);
    const folder = await store.open('voice-emotion');
    expect(await readFile(join(folder, 'config.json'))).toEqual(await readFile(join(source, 'config.json')));
    await writeFile(join(folder, 'config.json'), '{}');
    await expect(store.open('voice-emotion')).rejects.toMatchObject({ code: 'model-invalid' });
    expect((await store.list({ check: true })).map(({ state }) => state)).toEqual(['missing', 'changed']);
  });

  it('pulls the files of a repository', async () => {
    const source = await classifier('remote');
    const files: Record<string, string> = {
      'config.json': 'config.json',
      'preprocessor_config.json': 'preprocessor_config.json',
      'onnx/model_quantized.onnx': 'onnx/model.onnx',
    };
    const server = createServer(async ({ url = '' }, response) => {
      const file = files[url.replace('/a/b/resolve/main/', '')];
      if (file === undefined) response.writeHead(404).end();
      else response.end(await readFile(join(source, file)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store = new ClassifierStore(join(root, 'pulled'));
    const accept = async () => true;
    const status = await store.pull('voice-emotion', { hub, accept, repository: 'a/b' });
    expect(status).toMatchObject({ state: 'installed', record: { source: `${hub}/a/b`, licence: 'not known here' } });
    expect((await createVoiceClassifier(await store.open('voice-emotion'), runtime)).name).toBe(`${hub}/a/b`);
    await expect(store.pull('text-emotion', { hub, accept, repository: 'a/b', retries: 0 })).rejects.toMatchObject({
      code: 'download-failed',
    });
    server.close();
  });
});
