/** The named manners of speaking, the default first: embeddings of the lip network (docs/guide/styles.md). */
export const STYLES = ['natural', 'clear', 'relaxed', 'mumbled', 'wide', 'rounded', 'open', 'theatrical'] as const;
export type StyleName = (typeof STYLES)[number];
