/**
 * What lips are heard with: the speech model alone, or the full ear beside it, which is larger, costs more time a frame and
 * follows strangers better.
 */
export const EARS = ['light', 'full'] as const;
export type EarKind = (typeof EARS)[number];

/** Name of the released file that the full ear is cut from; it is no part of this project. */
export const EAR_MODEL = 'moonshine-ear';
