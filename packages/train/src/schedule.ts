/** How the learning rate goes over a run: a linear rise, then half a cosine down to `finalShare` of the peak. */
export interface ScheduleOptions {
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Steps of the rise. */
  readonly warmupSteps: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** What is left of the peak at the end, 0–1. */
  readonly finalShare: number;
}

/** @param step from 1. */
export function learningRateAt(step: number, options: ScheduleOptions): number {
  const { learningRate, warmupSteps, steps, finalShare } = options;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  const share = finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress));
  return learningRate * share;
}
