/** 0 below 0, 1 above 1, 3t² − 2t³ between: flat at both ends. */
export function smoothstep(t: number): number {
  const c = clampUnit(t);
  return c * c * (3 - 2 * c);
}

/** t held between 0 and 1. */
export function clampUnit(t: number): number {
  return Math.max(0, Math.min(1, t));
}
