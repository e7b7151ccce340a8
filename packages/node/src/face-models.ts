import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FACE_ASSETS_FILE, type FaceModelAssets, PcTalkError, readFaceAssets } from '@pctalk/core';

/**
 * Reads the networks of face analysis from the installed package `@mediapipe/face_mesh`.
 * @throws `model-missing` if the package is not installed, `model-invalid` if it is another version.
 */
export async function loadFaceAssets(): Promise<FaceModelAssets> {
  let packed: Uint8Array;
  try {
    // The package belongs to @pctalk/core, which need not be hoisted beside this package.
    const fromCore = createRequire(createRequire(import.meta.url).resolve('@pctalk/core/assets/sample/speech.txt'));
    const manifest = fromCore.resolve('@mediapipe/face_mesh/package.json');
    packed = await readFile(join(dirname(manifest), FACE_ASSETS_FILE));
  } catch (cause) {
    throw new PcTalkError(
      'model-missing',
      'face models: expected the npm package @mediapipe/face_mesh, got none, try npm install',
      { cause },
    );
  }
  return readFaceAssets(packed);
}
