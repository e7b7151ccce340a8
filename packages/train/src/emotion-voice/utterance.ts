/** What one sentence of an actor sounded like. */
export interface Utterance {
  readonly speaker: string;
  /** What was acted; boredom is a class of its own only in training. */
  readonly feeling: 'angry' | 'bored' | 'disgusted' | 'fear' | 'happy' | 'sad' | 'neutral';
  /** `voiceSigns` `[VOICE_SIGNS]`. */
  readonly signs: readonly number[];
}
