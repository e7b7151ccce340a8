/** From driven keypoints to those that are drawn: retargeting, stitching and the multiplier, in the order of the release. */
import { multiplyMotion } from '../../motion/implicit/transfer-motion.ts';
import type { TensorSession } from '../../tensor-runtime.ts';
import { retargetEyes, retargetLips, stitch } from './retargeting.ts';
import type { StitchingNetwork } from './stitching.ts';

/** What is done to driven keypoints before they are drawn. */
export interface FinishOptions {
  /** Fits the head to the source's shoulders. */
  readonly stitching: boolean;
  /** How far the source moves: 1 as driven. */
  readonly multiplier: number;
  /** With retargeting, relative motion is left out: eyes and lips are set on the source's own keypoints. */
  readonly relative: boolean;
  /** Openness the eyes are set to, and that of the source's. */
  readonly eyes?: { readonly source: readonly [number, number]; readonly target: number } | undefined;
  /** Openness the lips are set to, and that of the source's. */
  readonly lips?: { readonly source: number; readonly target: number } | undefined;
  /** Offsets `[21 × 3]` of `normaliseLips`. Not used with retargeting. */
  readonly lipOffsets?: Float32Array | undefined;
  /** Offsets `[21 × 3]` that hold the eyes of a video. Not used with retargeting. */
  readonly eyeOffsets?: Float32Array | undefined;
}

/** As the release draws. @source KwaiVGI/LivePortrait src/config/inference_config.py */
export const FINISH_DEFAULTS: FinishOptions = Object.freeze({ stitching: true, multiplier: 1, relative: false });

/**
 * Keypoints to draw.
 * @param source x_s `[21 × 3]`. @param driven x_d `[21 × 3]`, not changed. @returns new memory.
 * @source KwaiVGI/LivePortrait src/live_portrait_pipeline.py ("Algorithm 1")
 */
export async function finishKeypoints(
  source: Float32Array,
  driven: Float32Array,
  perceptrons: (kind: StitchingNetwork) => TensorSession,
  options: Partial<FinishOptions> = {},
): Promise<Float32Array> {
  const { stitching, multiplier, relative, eyes, lips, lipOffsets, eyeOffsets } = { ...FINISH_DEFAULTS, ...options };
  const fit = (x: Float32Array) => (stitching ? stitch(source, x, perceptrons('stitching')) : Promise.resolve(x));
  let x: Float32Array;
  if (eyes === undefined && lips === undefined) {
    x = addOffsets(addOffsets(await fit(driven), lipOffsets), eyeOffsets);
  } else {
    x = relative ? source : driven;
    if (eyes) x = addOffsets(x, await retargetEyes(source, eyes.source, eyes.target, perceptrons('eyes')));
    if (lips) x = addOffsets(x, await retargetLips(source, lips.source, lips.target, perceptrons('lips')));
    x = await fit(x);
  }
  return multiplyMotion(source, x, multiplier);
}

function addOffsets(x: Float32Array, offsets: Float32Array | undefined): Float32Array {
  return offsets === undefined ? x : x.map((value, i) => value + offsets[i]!);
}
