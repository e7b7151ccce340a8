import type { SpeechChannel } from '@pctalk/core';

/**
 * Columns of FACEGOOD's `bs_value_*.npy` and the speech channels they feed, with gains.
 *
 * The pairing is that of Voice2Face_blendshape2ARkit.xlsx (FACEGOOD-Audio2Face, MIT licence). The columns stand one
 * place after the names in bsname.txt: only so do the left and right columns that are equal in the data carry the
 * names of one movement. `mouth_oh_c` and `mouth_oo_c` have no ARKit shape; they are split here by what they look like.
 */
export const FACEGOOD_COLUMNS: readonly (readonly [column: number, channel: SpeechChannel, gain: number])[] = [
  [74, 'jawOpen', 1], // mouth_stretch_c
  [42, 'mouthFunnel', 0.5], // mouth_funnel_dl
  [44, 'mouthFunnel', 0.5], // mouth_funnel_ul
  [53, 'mouthSmile', 1], // mouth_lipCornerPull_l
  [57, 'mouthStretch', 1], // mouth_lipStretch_l
  [59, 'mouthLowerDown', 1], // mouth_lowerLipDepress_l
  [63, 'jawOpen', 0.4], // mouth_oh_c
  [63, 'mouthFunnel', 0.5],
  [64, 'mouthPucker', 0.8], // mouth_oo_c
  [64, 'mouthFunnel', 0.2],
  [66, 'mouthPress', 1], // mouth_press_l
  [68, 'mouthPucker', 1], // mouth_pucker_l
  [75, 'mouthRollLower', 1], // mouth_suck_dl
  [77, 'mouthRollUpper', 1], // mouth_suck_ul
  [79, 'mouthUpperUp', 1], // mouth_upperLipRaise_l
];

/** Frames a second of the solved blendshapes. */
export const FACEGOOD_RATE = 30;
/** Blendshapes a frame. */
export const FACEGOOD_WIDTH = 116;
