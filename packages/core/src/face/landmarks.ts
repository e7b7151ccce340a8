/** Landmarks of one face: 468 of the mesh and 2 × 5 of the irises. */
export const LANDMARK_COUNT = 478;

/**
 * The landmark network's depth is exaggerated; all landmarks of this project carry its depth times this factor, in
 * pixels, away from the viewer. At 1 the silhouette folds when the head turns.
 */
export const DEPTH_SCALE = 0.72;
