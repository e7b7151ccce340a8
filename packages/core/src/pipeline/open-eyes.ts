import { type EyeRows, LEFT_EYE, RIGHT_EYE } from '../face/canonical-mesh.ts';
import { smoothstep } from '../math/smoothstep.ts';
import { COEFFICIENT_INDEX } from '../motion/coefficients.ts';

/** Lids closed less than the first are open eyes that look down or narrow; from the second on they are shut. */
export const BLINK_CLOSURE = Object.freeze({ from: 0.2, to: 0.55 });

/** Vertices of lids, their surroundings and irises, of both eyes. */
export const EYE_VERTICES: readonly number[] = [RIGHT_EYE, LEFT_EYE].flatMap(verticesOf);

/** How far the eyes are shut, the further closed one counts, 0–1. @param expression δ `[C]`. */
export function blinkOf(expression: Float32Array): number {
  const closure = Math.max(expression[COEFFICIENT_INDEX.eyeBlinkLeft]!, expression[COEFFICIENT_INDEX.eyeBlinkRight]!);
  return smoothstep((closure - BLINK_CLOSURE.from) / (BLINK_CLOSURE.to - BLINK_CLOSURE.from));
}

/**
 * Opens eyes: lids and irises go to where the neutral face has them, change_v += share · (n_v − h_v).
 * @param head the face `[478 × 3]`, head frame, U. @param neutral n, the same. @param share 0–1.
 * @param change added to `[478 × 3]`, head frame, U.
 */
export function openEyes(head: Float32Array, neutral: Float32Array, share: number, change: Float32Array): void {
  if (share === 0) return;
  for (const v of EYE_VERTICES) {
    for (let i = v * 3; i < v * 3 + 3; i++) change[i]! += share * (neutral[i]! - head[i]!);
  }
}

/** How far lids and irises are from where the neutral face has them, root mean square, U. */
export function eyeDistance(head: Float32Array, neutral: Float32Array): number {
  let sum = 0;
  for (const v of EYE_VERTICES) {
    sum += (head[v * 3]! - neutral[v * 3]!) ** 2 + (head[v * 3 + 1]! - neutral[v * 3 + 1]!) ** 2;
  }
  return Math.sqrt(sum / EYE_VERTICES.length);
}

function verticesOf({ margin, lid, crease, iris }: EyeRows): number[] {
  const rows = [margin, lid, crease].flatMap(({ upper, lower }) => [...upper, ...lower]);
  return [...new Set([...rows, ...iris])];
}
