// What Node and the browser both run, each on its own runtime, for the agreement tests to compare. Platform-free.
import {
  createEar,
  createFaceAnalyser,
  EAR_FEATURE_WIDTH,
  type EarFiles,
  type FaceModelAssets,
  FRAME_SIZE,
  melSpectrogram,
  type Performance,
  type RgbaImage,
  type TalkerCore,
  type TensorRuntime,
} from '@pctalk/core';

/** Landmarks of the first face `[478 × 3]`, pixels. */
export async function findLandmarks(
  runtime: TensorRuntime,
  assets: FaceModelAssets,
  image: RgbaImage,
): Promise<Float32Array> {
  const analyser = await createFaceAnalyser(runtime, assets);
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

/** What the full ear hears, `[T × 576]`, and the time it took, ms a frame. */
export async function hearFully(
  runtime: TensorRuntime,
  files: EarFiles,
  samples: Float32Array,
): Promise<{ readonly rows: Float32Array; readonly milliseconds: number }> {
  const ear = await createEar(runtime, files);
  await ear.createStream().push(samples.subarray(0, 16_000));
  const start = performance.now();
  const frames = await ear.createStream().push(samples);
  const milliseconds = (performance.now() - start) / frames.length;
  const rows = new Float32Array(frames.length * EAR_FEATURE_WIDTH);
  for (const [t, frame] of frames.entries()) rows.set(frame, t * EAR_FEATURE_WIDTH);
  await ear.dispose();
  return { rows, milliseconds };
}

/** A take to compare: every control at work, so that a disagreement of any of them shows. */
export const LIVELY_TAKE: Performance = {
  version: 1,
  seed: 7,
  lipScale: 1.1,
  articulation: [{ movement: 'opening', scale: 1.2 }],
  emotion: [{ emotion: 'happy', region: 'all', intensity: 0.5 }],
  headMotion: 1,
  blink: 1,
};

/** What a platform made of a take. */
export interface Take {
  /** Coefficients of all frames `[T × C]`. */
  readonly coefficients: Float32Array;
  /** Every `stride`-th frame, RGBA. */
  readonly frames: readonly Uint8ClampedArray[];
}

/** Lets the first face of a picture say something. */
export async function performTake(
  core: TalkerCore,
  picture: RgbaImage,
  speech: Float32Array,
  stride: number,
): Promise<Take> {
  const source = await core.prepare(picture, { where: 'picture' });
  using renderer = core.createRenderer(source);
  const coefficients: number[] = [];
  const frames: Uint8ClampedArray[] = [];
  for await (const { frameIndex, driven } of core.perform(source, [speech], core.createDirector(LIVELY_TAKE))) {
    coefficients.push(...driven.coefficients);
    if (frameIndex % stride !== 0) continue;
    const pixels = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
    renderer.render(driven, pixels);
    frames.push(pixels);
  }
  return { coefficients: new Float32Array(coefficients), frames };
}
