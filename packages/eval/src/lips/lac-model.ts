import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  createFullEarDriver,
  createLipDriver,
  createSpeechDriver,
  type EarAssets,
  type LipAssets,
  PcTalkError,
  STYLES,
  type StyleTable,
  type TensorRuntime,
} from '@pctalk/core';
import type { LipModel } from './lip-model.ts';

/** A lip network over a speech model, in any style. */
export interface LacModel extends LipModel, StyleTable {
  /** @param style e_s `[192]`; the default preset's unless given. */
  lips(samples: Float32Array, style?: Float32Array): Promise<readonly Float32Array[]>;
}

/** @param speech bytes of the speech model it hears through. @param fullEar what it hears with beside it. */
export async function createLacModel(
  runtime: TensorRuntime,
  speech: Uint8Array,
  assets: LipAssets,
  name = 'ours',
  fullEar?: EarAssets,
): Promise<LacModel> {
  const ear = fullEar ? await createFullEarDriver(runtime, speech, fullEar) : await createSpeechDriver(runtime, speech);
  const driver = await createLipDriver(runtime, assets);
  return {
    name,
    model: driver.model,
    styles: driver.styles,
    async lips(samples, style = driver.styles.get(STYLES[0])!) {
      const heard = ear.createStream();
      const moved = driver.createStream();
      const frames: Float32Array[] = [];
      for (const frame of [...(await heard.push(samples)), ...(await heard.end())]) {
        frames.push((await moved.next(frame, style)).slice());
      }
      return frames;
    },
    async dispose() {
      await ear.dispose();
      await driver.dispose();
    },
  };
}

/**
 * The lip network of a folder, to stand beside the shipped one: lac.onnx and lac-styles.safetensors as training writes them,
 * and speech-lips.onnx if it hears through another speech model.
 * @param speech bytes of the shipped speech model. @throws `model-missing`
 */
export async function readLacModel(runtime: TensorRuntime, speech: Uint8Array, folder: string): Promise<LacModel> {
  const read = (name: string) =>
    readFile(join(folder, name)).catch((cause) => {
      throw new PcTalkError('model-missing', `${folder}: expected ${name} in it, got ${cause.message}`, { cause });
    });
  const assets = { network: await read('lac.onnx'), styles: await read('lac-styles.safetensors') };
  const own = existsSync(join(folder, SPEECH)) ? await read(SPEECH) : speech;
  return createLacModel(runtime, own, assets, basename(folder));
}

const SPEECH = 'speech-lips.onnx';
