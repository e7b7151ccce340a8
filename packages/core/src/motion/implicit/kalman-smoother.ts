/** A random walk seen through noise, smoothed over the whole clip. */

export interface KalmanOptions {
  /** q, variance of one step of the walk. */
  readonly processVariance: number;
  /** r, variance of an observation. */
  readonly observationVariance: number;
  /** Variance of the first state, whose mean is the first observation. */
  readonly initialVariance: number;
}

/** PC-Talk's smoothing of predicted lips. @source PC-Talk release, `motion_controls.py` */
export const LIP_KALMAN: KalmanOptions = Object.freeze({
  processVariance: 1e-5,
  observationVariance: 1e-6,
  initialVariance: 1,
});

/** LivePortrait's smoothing of expression and rotation for video sources, as its CPU path does it. */
export const VIDEO_KALMAN: KalmanOptions = Object.freeze({ ...LIP_KALMAN, observationVariance: 3e-7 });

/** The same as its GPU path does it: surer of the first frame. */
export const VIDEO_KALMAN_GPU: KalmanOptions = Object.freeze({ ...VIDEO_KALMAN, initialVariance: 3e-7 });

/** Fewer frames than this stay as they are. */
const FEWEST_FRAMES = 3;

/**
 * Forward filter and Rauch–Tung–Striebel backward pass for each value on its own, in float64.
 * Forward P' = P + q, g = P' / (P' + r), m = m + g · (x − m), P = (1 − g) · P'; the first frame has no prediction step.
 * Backward s = m + P / (P + q) · (s_next − m).
 * @param frames equal-length arrays, one a frame; not changed.
 * @returns new float32 frames.
 */
export function smoothRandomWalk(frames: readonly Float32Array[], options: KalmanOptions): Float32Array[] {
  if (frames.length < FEWEST_FRAMES) return frames.map((frame) => frame.slice());
  const { processVariance: q, observationVariance: r } = options;
  const size = frames[0]!.length;
  const means = new Float64Array(frames.length * size);
  const variances = new Float64Array(frames.length);
  let variance = options.initialVariance;
  for (let n = 0; n < frames.length; n++) {
    const predicted = n === 0 ? variance : variance + q;
    const gain = predicted / (predicted + r);
    variance = variances[n] = (1 - gain) * predicted;
    const frame = frames[n]!;
    for (let i = 0; i < size; i++) {
      const before = n === 0 ? frame[i]! : means[(n - 1) * size + i]!;
      means[n * size + i] = before + gain * (frame[i]! - before);
    }
  }
  for (let n = frames.length - 2; n >= 0; n--) {
    const pull = variances[n]! / (variances[n]! + q);
    for (let i = 0; i < size; i++) {
      const mean = means[n * size + i]!;
      means[n * size + i] = mean + pull * (means[(n + 1) * size + i]! - mean);
    }
  }
  return frames.map((_, n) => Float32Array.from(means.subarray(n * size, (n + 1) * size)));
}
