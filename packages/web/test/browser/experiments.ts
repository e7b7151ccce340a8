// What Node and the browser both run, each on its own runtime, for the agreement tests to compare. Platform-free.
import { createFaceAnalyser, melSpectrogram, type RgbaImage, readFaceAssets, type TensorRuntime } from '@pctalk/core';

/** Landmarks of the first face `[478 × 3]`, pixels. */
export async function findLandmarks(
  runtime: TensorRuntime,
  packed: Uint8Array,
  image: RgbaImage,
): Promise<Float32Array> {
  const analyser = await createFaceAnalyser(runtime, readFaceAssets(packed));
  const [face] = await analyser.detect(image);
  if (face === undefined) throw new Error('no face');
  const { points } = await analyser.landmarks(image, face.region);
  await analyser.dispose();
  return points;
}

/** Mel spectrogram `[T × M]`. */
export function computeMel(samples: Float32Array): Float32Array {
  const columns = melSpectrogram(samples);
  const bands = columns[0]?.length ?? 0;
  const flat = new Float32Array(columns.length * bands);
  for (const [t, column] of columns.entries()) flat.set(column, t * bands);
  return flat;
}
