import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FACE_ASSETS_FILE, type FaceModelAssets, MATTE_MODEL_FILE, PcTalkError, readFaceAssets } from '@pctalk/core';

/**
 * Reads the networks of face analysis from the installed package `@mediapipe/face_mesh`.
 * @throws `model-missing` if the package is not installed, `model-invalid` if it is another version.
 */
export async function loadFaceAssets(): Promise<FaceModelAssets> {
  return readFaceAssets(await readOfPackage('@mediapipe/face_mesh', FACE_ASSETS_FILE));
}

/** Reads the matte network from the installed package `@mediapipe/selfie_segmentation`. @throws `model-missing` */
export function loadMatteModel(): Promise<Uint8Array> {
  return readOfPackage('@mediapipe/selfie_segmentation', MATTE_MODEL_FILE);
}

/** The packages belong to @pctalk/core, which need not be hoisted beside this package. */
async function readOfPackage(name: string, file: string): Promise<Uint8Array> {
  try {
    const fromCore = createRequire(createRequire(import.meta.url).resolve('@pctalk/core/assets/sample/speech.txt'));
    return await readFile(join(dirname(fromCore.resolve(`${name}/package.json`)), file));
  } catch (cause) {
    throw new PcTalkError('model-missing', `${file}: expected the npm package ${name}, got none, try npm install`, {
      cause,
    });
  }
}
