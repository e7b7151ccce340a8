import type { Articulation } from '../motion/emotions.ts';

/** A manner of speaking: how large the three lip movements are, and how quickly the lips go. */
export type SpeakingStyle = Readonly<Record<Articulation, number>>;

/** Named styles; `natural` is speech as the model predicts it. */
export const STYLE_PRESETS = {
  natural: { opening: 1, pursing: 1, widening: 1 },
  clear: { opening: 1.3, pursing: 1.25, widening: 1.2 },
  relaxed: { opening: 0.75, pursing: 0.85, widening: 0.85 },
  mumbled: { opening: 0.45, pursing: 0.7, widening: 0.6 },
  wide: { opening: 0.95, pursing: 0.7, widening: 1.7 },
  rounded: { opening: 0.95, pursing: 1.6, widening: 0.6 },
  open: { opening: 1.5, pursing: 0.9, widening: 0.95 },
  theatrical: { opening: 1.5, pursing: 1.5, widening: 1.5 },
} as const satisfies Readonly<Record<string, SpeakingStyle>>;

export type StyleName = keyof typeof STYLE_PRESETS;

/** Names of the presets, the default first. */
export const STYLES = Object.keys(STYLE_PRESETS) as readonly StyleName[];
