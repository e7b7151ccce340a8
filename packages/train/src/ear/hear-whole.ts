import { EAR_FEATURE_WIDTH, type Ear, SPEECH_TIMING } from '@pctalk/core';

/** What the ear hears of a whole sound, 16 kHz. @returns `[ceil(samples / 640) × 576]`, new memory. */
export async function hearWhole(ear: Ear, samples: Float32Array): Promise<Float32Array> {
  const stream = ear.createStream();
  const frames = Math.ceil(samples.length / SPEECH_TIMING.frameSamples);
  const silence = new Float32Array(SPEECH_TIMING.lagSamples + SPEECH_TIMING.frameSamples);
  const heard = [...(await stream.push(samples)), ...(await stream.push(silence))];
  const rows = new Float32Array(frames * EAR_FEATURE_WIDTH);
  for (let frame = 0; frame < frames; frame++) rows.set(heard[frame]!, frame * EAR_FEATURE_WIDTH);
  return rows;
}
