import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PcTalkError, type RgbaImage, regionOfLandmarks, sampleRegion, type TensorRuntime } from '@pctalk/core';
import { convertTfjsGraph } from '../emotion/tfjs-graph.ts';

/** Side of the picture the network is shown, its values, and the layer whose values describe the face. */
const SIDE = 224;
const RANGE = [0, 255] as const;
const DESCRIPTION = 'global_pooling/Mean';

/** A network that others trained to tell faces apart, here to measure with only. Who creates it disposes it. */
export interface FaceDescriber {
  /** What the face looks like `[1024]`. @param points landmarks `[478 × 3]`, pixels. */
  describe(image: RgbaImage, points: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Loads the face description network that comes inside `@vladmandic/human`.
 * @source @vladmandic/human 3.3.6, src/face/faceres.ts (input 0–255, descriptor of 1024); the network is HSE's FaceRes
 * @throws `model-missing` if the package is not installed
 */
export async function createFaceDescriber(runtime: TensorRuntime): Promise<FaceDescriber> {
  const session = await runtime.load(await convertTfjsGraph(modelPath(), SIDE, 3, DESCRIPTION));
  const data = new Float32Array(3 * SIDE * SIDE);
  return {
    async describe(image, points) {
      sampleRegion(image, regionOfLandmarks(points), { size: SIDE, border: 'replicate', range: RANGE }, data);
      const { answer } = await session.run({ picture: { dims: [1, 3, SIDE, SIDE], data } });
      return (answer!.data as Float32Array).slice();
    },
    dispose: () => session.dispose(),
  };
}

/** Cosine of two descriptions: 1 for the same picture. */
export function likeness(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

function modelPath(): string {
  try {
    return join(createRequire(import.meta.url).resolve('@vladmandic/human'), '../../models/faceres.json');
  } catch (cause) {
    const message = '@vladmandic/human: expected it installed, found none; install it to evaluate likeness';
    throw new PcTalkError('model-missing', message, { cause });
  }
}
