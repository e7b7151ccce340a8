import { LANDMARK_COUNT } from '../face/landmarks.ts';

const ROW = LANDMARK_COUNT * 3;
/** Frames on either side that take part. */
const REACH = 3;
/** Weight of a frame by its distance in time. */
const IN_TIME = Array.from({ length: REACH + 1 }, (_, d) => Math.exp(-0.5 * (d / 1.5) ** 2));
/** A coordinate that differs by this much is motion rather than noise, in distances of the outer eye corners. */
const NOISE = 0.008;
const EYE_CORNERS = [33, 263] as const;

/**
 * Steadies tracked landmarks without delaying them: each coordinate becomes a mean over ±3 frames of its shot, in which
 * values count the less the more they differ, so that a still face stops trembling and a quick lip stays quick.
 * @param landmarks `[T × 478 × 3]`, changed in place. @param seen `[T]`. @param shots `[T]`.
 * @source Tomasi, Manduchi 1998 (bilateral filter), along time
 */
export function steadyLandmarks(landmarks: Float32Array, seen: Uint8Array, shots: Uint16Array): void {
  const raw: Float32Array[] = [];
  const frames = seen.length;
  for (let f = 0; f < frames + REACH; f++) {
    if (f < frames) raw.push(landmarks.slice(f * ROW, (f + 1) * ROW));
    if (raw.length > 2 * REACH + 1) raw.shift();
    const target = f - REACH;
    if (target < 0 || target >= frames || seen[target] === 0) continue;
    const first = Math.max(0, Math.min(f, frames - 1) + 1 - raw.length);
    const out = landmarks.subarray(target * ROW, (target + 1) * ROW);
    steadyFrame(raw, first, target, out, { seen, shots });
  }
}

function steadyFrame(
  raw: readonly Float32Array[],
  first: number,
  target: number,
  out: Float32Array,
  { seen, shots }: { readonly seen: Uint8Array; readonly shots: Uint16Array },
): void {
  const own = raw[target - first]!;
  const [a, b] = [EYE_CORNERS[0] * 3, EYE_CORNERS[1] * 3];
  const noise = NOISE * Math.hypot(own[a]! - own[b]!, own[a + 1]! - own[b + 1]!, own[a + 2]! - own[b + 2]!);
  const weights = new Float64Array(ROW).fill(1);
  const sums = Float64Array.from(own);
  for (let g = target - REACH; g <= target + REACH; g++) {
    const other = raw[g - first];
    if (g === target || other === undefined || seen[g] !== 1 || shots[g] !== shots[target]) continue;
    const inTime = IN_TIME[Math.abs(g - target)]!;
    for (let i = 0; i < ROW; i++) {
      const d = (other[i]! - own[i]!) / noise;
      const k = 1 + d * d;
      const weight = inTime / (k * k);
      weights[i]! += weight;
      sums[i]! += weight * other[i]!;
    }
  }
  for (let i = 0; i < ROW; i++) out[i] = sums[i]! / weights[i]!;
}
