import { INNER_LIPS, LIP_ROWS } from '../face/canonical-mesh.ts';

/** Share of the inner contour's way that each row of the lips goes with it, from outside to inside. */
const ROW_FOLLOWS = [0.25, 0.5, 0.8, 1] as const;
/** Share of the gap that the upper lip comes down. */
const UPPER_SHARE = 0.3;

/** Lets parted lips meet, column by column; lips that meet stay. @param head `[478 × 3]`, head frame, U, changed in place. */
export function closeLips(head: Float32Array): void {
  for (let column = 1; column < 10; column++) {
    const gap = head[INNER_LIPS.lower[column]! * 3 + 1]! - head[INNER_LIPS.upper[column]! * 3 + 1]!;
    if (gap <= 0) continue;
    for (let row = 0; row < 4; row++) {
      head[LIP_ROWS.upper[row]![column]! * 3 + 1]! += UPPER_SHARE * ROW_FOLLOWS[row]! * gap;
      head[LIP_ROWS.lower[row]![column]! * 3 + 1]! -= (1 - UPPER_SHARE) * ROW_FOLLOWS[row]! * gap;
    }
  }
}
