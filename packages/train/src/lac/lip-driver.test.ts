import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLipDriver, createSpeechDriver, type LipDriver, type SpeechDriver } from '@pctalk/core';
import { createNodeRuntime } from '@pctalk/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudio } from '../speech/read-audio.ts';

const asset = (name: string) => fileURLToPath(new URL(`../../../core/assets/${name}`, import.meta.url));

describe('the shipped lip network over the shipped speech model', () => {
  let speech: Float32Array;
  let ear: SpeechDriver;
  let lips: LipDriver;
  beforeAll(async () => {
    speech = (await readAudio(asset('sample/speech.wav'))).subarray(0, 3 * 16_000 + 123);
    const runtime = createNodeRuntime();
    ear = await createSpeechDriver(runtime, readFileSync(asset('speech-lips.onnx')));
    const [network, styles] = [readFileSync(asset('lac.onnx')), readFileSync(asset('lac-styles.safetensors'))];
    lips = await createLipDriver(runtime, { network, styles });
  });
  afterAll(async () => {
    await ear.dispose();
    await lips.dispose();
  });

  /** Lips of the sample, pushed in pieces, in one style. */
  async function speak(piece: number, style = 'natural'): Promise<Float32Array[]> {
    const [heard, moved] = [ear.createStream(), lips.createStream()];
    const frames: Float32Array[] = [];
    const take = async (given: Awaited<ReturnType<typeof heard.end>>) => {
      for (const frame of given) frames.push((await moved.next(frame, lips.styles.get(style)!)).slice());
    };
    for (let at = 0; at < speech.length; at += piece) await take(await heard.push(speech.subarray(at, at + piece)));
    await take(await heard.end());
    return frames;
  }

  it.each([997, 5441, 32_000])('gives the same frames for pieces of %i samples', async (piece) => {
    expect(await speak(piece)).toEqual(await speak(speech.length));
  });

  it('opens further in the open style than in the mumbled one', async () => {
    const opened = async (style: string) => {
      const frames = await speak(speech.length, style);
      return frames.reduce((sum, frame) => sum + frame[0]! / frames.length, 0);
    };
    const [open, natural, mumbled] = [await opened('open'), await opened('natural'), await opened('mumbled')];
    expect(open).toBeGreaterThan(1.2 * natural);
    expect(mumbled).toBeLessThan(0.7 * natural);
  });
});
