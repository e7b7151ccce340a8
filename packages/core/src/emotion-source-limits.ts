/** How much a source of emotion may hold. */
export const EMOTION_SOURCE_LIMITS = Object.freeze({
  /** Characters of a text: two hours of speech. */
  textCharacters: 100_000,
  /** Seconds of a sound; a longer one is refused. */
  audioSeconds: 1800,
  /** Seconds of a clip; of a longer one the beginning is read. */
  videoSeconds: 60,
});
