import type { TranscriptLanguage } from '@pctalk/core';

/** A stretch of a known clip, seconds. */
export interface KnownSpan {
  readonly start: number;
  readonly end: number;
}

/** Speech of which it is known when what is said. */
export interface SpokenClip {
  readonly id: string;
  readonly language: TranscriptLanguage;
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  readonly words: readonly (KnownSpan & { readonly text: string })[];
  /** Sounds by ARPAbet name, where known; silence left out. */
  readonly phones?: readonly (KnownSpan & { readonly name: string })[] | undefined;
}

/** A group of clips that are measured together. */
export interface SpokenGroup {
  readonly name: string;
  readonly clips: readonly SpokenClip[];
}
