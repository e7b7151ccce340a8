import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TensorRuntime } from '@pctalk/core';
import type { LipModel } from '@pctalk/eval';

/** The flags that name lip models beside the shipped ones. */
export interface LipModelFlags {
  /** Speech models (.onnx). */
  readonly model: readonly string[];
  /** Folders of lip networks. */
  readonly lips: readonly string[];
  /** Whether the full ear stands beside the light one. */
  readonly fullEar?: true;
}

/**
 * The shipped lips with and without LAC, then those that were named. Who asks disposes them.
 * @throws `model-missing`; nothing stays loaded then.
 */
export async function readLipModels(
  runtime: TensorRuntime,
  { model, lips, fullEar }: LipModelFlags,
): Promise<LipModel[]> {
  const { PcTalkError } = await import('@pctalk/core');
  const { readEar, readTalkerAssets } = await import('@pctalk/node');
  const evaluation = await import('@pctalk/eval');
  const ear = fullEar && (await readEar());
  const assets = await readTalkerAssets();
  const models: LipModel[] = [];
  try {
    models.push(await evaluation.createLacModel(runtime, assets.speech, assets.lips));
    models.push(await evaluation.createSpeechLipModel(runtime, assets.speech, 'without LAC'));
    if (ear) models.push(await evaluation.createLacModel(runtime, assets.speech, assets.lips, 'full ear', ear));
    for (const folder of lips) models.push(await evaluation.readLacModel(runtime, assets.speech, folder));
    for (const file of model) {
      const bytes = await readFile(file).catch((cause) => {
        throw new PcTalkError('model-missing', `--model ${file}: expected a file, got ${cause.message}`, { cause });
      });
      models.push(await evaluation.createSpeechLipModel(runtime, bytes, basename(file, '.onnx')));
    }
    return models;
  } catch (error) {
    for (const each of models) await each.dispose();
    throw error;
  }
}
