import { existsSync, readFileSync } from 'node:fs';
import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  createEmotionDriver,
  EMOTIONS,
  type EmotionStream,
  emotionNetwork,
  emotionStepNetwork,
  PERSON_CODE,
  PHONE_INDEX,
  personOfSeed,
  type SpeechFrame,
  uniformAt,
  VOICE_FEATURES,
  writeVoiceFeatures,
} from '@pctalk/core';
import { emitInference, input, ParameterScope } from '@pctalk/graph';
import { createNodeRuntime } from '@pctalk/node';
import { describe, expect, it } from 'vitest';
import { firstWeights } from '../first-weights.ts';
import { expressionTargets } from './targets.ts';

const ASSET = new URL('../../../core/assets/emotion.onnx', import.meta.url);
const FRAMES = 90;

/** A voice of syllables, some stressed. */
function syllable(t: number): { speech: SpeechFrame; voice: { speech: number; stress: number } } {
  const phones = new Float32Array(26);
  const vowel = t % 6 < 3;
  phones[vowel ? PHONE_INDEX.AA : PHONE_INDEX.T] = 1;
  const lips = new Float32Array(COEFFICIENT_COUNT);
  lips[COEFFICIENT_INDEX.jawOpen] = vowel ? 0.4 : 0.1;
  const stress = t % 30 < 5 ? uniformAt(3, 1, t) : 0;
  return {
    speech: {
      lips,
      phones,
      channels: new Float32Array(14),
      features: new Float32Array(0),
      voicing: vowel ? 1 : 0,
      closure: 0,
      silence: 0,
      comingClosures: new Float32Array(3),
      comingSilences: new Float32Array(3),
      levelDb: -20,
    },
    voice: { speech: 1, stress },
  };
}

async function speak(stream: EmotionStream, frames = FRAMES): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let t = 0; t < frames; t++) {
    const { speech, voice } = syllable(t);
    rows.push((await stream.next(speech, voice)).differences.slice());
  }
  return rows;
}

const rowOf = (table: Float32Array, emotion: number) =>
  table.subarray(emotion * COEFFICIENT_COUNT, (emotion + 1) * COEFFICIENT_COUNT);

describe('emotion network', () => {
  it('says the same step by step as over the whole clip', async () => {
    const scope = new ParameterScope();
    const silence = 70;
    const frames = silence + FRAMES;
    const voice = input('voice', [1, frames, VOICE_FEATURES]);
    const emotion = input('emotion', [1, 1, EMOTIONS.length]);
    const person = input('person', [1, 1, PERSON_CODE]);
    const whole = { name: 'whole', outputs: { expressions: emotionNetwork(voice, emotion, person, scope) } };
    const stepwise = emotionStepNetwork(scope);
    const weights = firstWeights(scope.parameters(), 5);
    const runtime = createNodeRuntime();
    const heard = new Float32Array(frames * VOICE_FEATURES);
    for (let t = 0; t < silence; t++) heard[t * VOICE_FEATURES + PHONE_INDEX.SIL] = 1;
    for (let t = 0; t < FRAMES; t++) {
      const { speech, voice: rated } = syllable(t);
      const at = (silence + t) * VOICE_FEATURES;
      writeVoiceFeatures(speech, rated, heard.subarray(at, at + VOICE_FEATURES));
    }
    const code = personOfSeed(9);
    const session = await runtime.load(emitInference(whole, weights));
    const { expressions } = await session.run({
      voice: { dims: [1, frames, VOICE_FEATURES], data: heard },
      emotion: { dims: [1, 1, 8], data: Float32Array.from(EMOTIONS, (name) => (name === 'angry' ? 1 : 0)) },
      person: { dims: [1, 1, PERSON_CODE], data: code },
    });
    await session.dispose();
    const driver = await createEmotionDriver(runtime, emitInference(stepwise, weights));
    const stream = driver.createStream(code);
    const angry = EMOTIONS.indexOf('angry');
    let largest = 0;
    for (let t = 0; t < FRAMES; t++) {
      const { speech, voice: rated } = syllable(t);
      const row = rowOf((await stream.next(speech, rated)).expressions, angry);
      row.forEach((value, k) => {
        const other = (expressions!.data as Float32Array)[(silence + t) * COEFFICIENT_COUNT + k]!;
        largest = Math.max(largest, Math.abs(value - other));
      });
    }
    await driver.dispose();
    expect(largest).toBeLessThan(1e-4);
  });

  it.skipIf(!existsSync(ASSET))('moves with the voice, differs between people and leaves neutral alone', async () => {
    const driver = await createEmotionDriver(createNodeRuntime(), readFileSync(ASSET));
    const rows = await speak(driver.createStream());
    expect(await speak(driver.createStream())).toEqual(rows);
    const other = await speak(driver.createStream(personOfSeed(12)));
    await driver.dispose();
    const happy = EMOTIONS.indexOf('happy');
    const smiles = rows.map((table) => rowOf(table, happy)[COEFFICIENT_INDEX.mouthSmileLeft]!);
    expect(Math.min(...smiles)).toBeGreaterThan(0.5);
    expect(Math.max(...smiles) - Math.min(...smiles)).toBeGreaterThan(0.08);
    for (const table of rows) expect(rowOf(table, 0).every((value) => value === 0)).toBe(true);
    const apart = rows.map((table, t) =>
      Math.hypot(...rowOf(table, happy).map((x, k) => x - rowOf(other[t]!, happy)[k]!)),
    );
    expect(Math.min(...apart)).toBeGreaterThan(0.05);
  });
});

describe('synthetic expressions', () => {
  it('rise on stress, rest in silence, and hold speech and habits in every emotion alike', () => {
    const voice = new Float32Array(50 * VOICE_FEATURES);
    for (let t = 0; t < 50; t++) {
      voice[t * VOICE_FEATURES + VOICE_FEATURES - 2] = t < 30 ? 1 : 0;
      voice[t * VOICE_FEATURES + VOICE_FEATURES - 1] = t >= 20 && t < 26 ? 1 : 0;
    }
    const happy = expressionTargets(voice, EMOTIONS.indexOf('happy'), [1, 0, -1, 0]);
    const smile = (t: number) => happy[t * COEFFICIENT_COUNT + COEFFICIENT_INDEX.mouthSmileLeft]!;
    expect(smile(25)).toBeGreaterThan(smile(19) + 0.1);
    expect(smile(49)).toBeLessThan(smile(19));
    const calm = expressionTargets(voice, 0, [1, 0, -1, 0]);
    const brow = (row: Float32Array, t: number) => row[t * COEFFICIENT_COUNT + COEFFICIENT_INDEX.browInnerUpLeft]!;
    expect(brow(calm, 25)).toBeGreaterThan(brow(calm, 19) + 0.1);
    // Disgust leaves the inner brows alone: they move as in calm speech.
    const disgusted = expressionTargets(voice, EMOTIONS.indexOf('disgusted'), [1, 0, -1, 0]);
    expect(brow(disgusted, 25) - brow(disgusted, 19)).toBeCloseTo(brow(calm, 25) - brow(calm, 19), 5);
  });
});
