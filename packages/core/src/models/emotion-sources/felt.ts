import type { Emotion } from '../../motion/emotions.ts';

/** How strongly each emotion is felt, 0–1; what is missing is not felt. Neutral is never listed: it is what is left. */
export type Felt = Readonly<Partial<Record<Emotion, number>>>;

/** What was felt from `start` to `end`, seconds. */
export interface FeltSpan {
  readonly start: number;
  readonly end: number;
  readonly felt: Felt;
}
