/**
 * The emotions, in PC-Talk's order: the position is the class number of the released networks.
 *
 * @source PC-Talk release, `config.py` (names and order)
 */
export const EMOTIONS = ['neutral', 'happy', 'sad', 'angry', 'fear', 'disgusted', 'surprised', 'contempt'] as const;
export type Emotion = (typeof EMOTIONS)[number];

/** Parts of the face an emotion can be confined to. */
export const REGIONS = ['all', 'lips', 'eyes', 'brows', 'upper_face', 'lower_face'] as const;
export type Region = (typeof REGIONS)[number];

/** The subject's own sides; without a side a region has both. */
export const SIDES = ['left', 'right'] as const;
export type Side = (typeof SIDES)[number];

/** A region, or one side of it: `brows`, `lips.left`. */
export type RegionSide = Region | `${Region}.${Side}`;

/** All valid region names, sides included. */
export const REGION_SIDES: readonly RegionSide[] = REGIONS.flatMap((region) => [
  region,
  ...SIDES.map((side) => `${region}.${side}` as const),
]);

/** Articulation movements that can be edited. `pc-talk` lists them as pursing, widening, opening. */
export const ARTICULATIONS = ['opening', 'pursing', 'widening'] as const;
export type Articulation = (typeof ARTICULATIONS)[number];
