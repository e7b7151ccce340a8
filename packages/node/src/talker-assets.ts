import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PcTalkError, type TalkerAssets } from '@pctalk/core';
import { loadFaceAssets, loadMatteModel } from './face-models.ts';

/** Reads the models that come with the installed packages. @throws `model-missing` */
export async function readTalkerAssets(): Promise<TalkerAssets> {
  const [face, basis, speech, network, styles, emotion, matte] = await Promise.all([
    loadFaceAssets(),
    readAsset('mesh-basis.bin'),
    readAsset('speech-lips.onnx'),
    readAsset('lac.onnx'),
    readAsset('lac-styles.safetensors'),
    readAsset('emotion.onnx'),
    loadMatteModel(),
  ]);
  return { face, basis, speech, lips: { network, styles }, emotion, matte };
}

/** Reads a file of `@pctalk/core/assets`. @throws `model-missing` */
export async function readAsset(name: string): Promise<Uint8Array> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(`@pctalk/core/assets/${name}`));
  } catch (cause) {
    throw new PcTalkError('model-missing', `${name}: expected it in @pctalk/core, got none; install the package anew`, {
      cause,
    });
  }
}
