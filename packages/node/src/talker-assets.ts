import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { EAR_MODEL, type EarAssets, type EarKind, PcTalkError, type TalkerAssets } from '@pctalk/core';
import { loadFaceAssets, loadMatteModel } from './face-models.ts';
import { ModelStore } from './model-store/model-store.ts';

/**
 * Reads the models that come with the installed packages, and the full ear where it is asked.
 * @param ear what lips are heard with. @throws `model-missing`, `model-invalid`
 */
export async function readTalkerAssets(ear: EarKind = 'light'): Promise<TalkerAssets> {
  const [face, basis, speech, network, styles, emotion, matte, fullEar] = await Promise.all([
    loadFaceAssets(),
    readAsset('mesh-basis.bin'),
    readAsset('speech-lips.onnx'),
    readAsset('lac.onnx'),
    readAsset('lac-styles.safetensors'),
    readAsset('emotion.onnx'),
    loadMatteModel(),
    ear === 'full' ? readEar() : undefined,
  ]);
  return { face, basis, speech, lips: { network, styles }, emotion, matte, ear: fullEar };
}

/** Reads the full ear: what is shipped, and the encoder that the user fetched. @throws `model-missing`, `model-invalid` */
export async function readEar(): Promise<EarAssets> {
  const [encoder, scale, heads] = await Promise.all([
    new ModelStore().read(EAR_MODEL),
    readAsset('ear-scale.safetensors'),
    readAsset('ear-heads.onnx'),
  ]);
  return { encoder, scale, heads };
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
