import { createSpeechDriver, type TensorRuntime } from '@pctalk/core';

/** Anything that turns sound into lips of the mesh space. Who creates it disposes it. */
export interface LipModel {
  /** How tables call it. */
  readonly name: string;
  /** @param samples a whole clip, 16 kHz mono. @returns a frame of coefficients `[C]` each 40 ms. */
  lips(samples: Float32Array): Promise<readonly Float32Array[]>;
  dispose(): Promise<void>;
}

/** The shipped speech model, or another of its kind. */
export async function createSpeechLipModel(
  runtime: TensorRuntime,
  model: Uint8Array,
  name = 'ours',
): Promise<LipModel> {
  const driver = await createSpeechDriver(runtime, model);
  return {
    name,
    async lips(samples) {
      const stream = driver.createStream();
      const frames = [...(await stream.push(samples)), ...(await stream.end())];
      return frames.map(({ lips }) => lips);
    },
    dispose: () => driver.dispose(),
  };
}
