/**
 * Articulation coefficients of the `mesh` motion space: named facial movements, 0 = the person's neutral face,
 * 1 = the full movement. Names are ARKit's where the movement is ARKit's; `browInnerUp` is split left/right so that
 * emotions can differ by side. Left and right are the subject's own, as in ARKit.
 *
 * @source ARKit ARFaceAnchor.BlendShapeLocation (names only)
 */
export const COEFFICIENTS = [
  'jawOpen',
  'jawLeft',
  'jawRight',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthLeft',
  'mouthRight',
  'mouthSmileLeft',
  'mouthSmileRight',
  'mouthFrownLeft',
  'mouthFrownRight',
  'mouthDimpleLeft',
  'mouthDimpleRight',
  'mouthStretchLeft',
  'mouthStretchRight',
  'mouthPressLeft',
  'mouthPressRight',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthLowerDownLeft',
  'mouthLowerDownRight',
  'mouthUpperUpLeft',
  'mouthUpperUpRight',
  'browDownLeft',
  'browDownRight',
  'browInnerUpLeft',
  'browInnerUpRight',
  'browOuterUpLeft',
  'browOuterUpRight',
  'eyeBlinkLeft',
  'eyeBlinkRight',
  'eyeSquintLeft',
  'eyeSquintRight',
  'eyeWideLeft',
  'eyeWideRight',
  'cheekSquintLeft',
  'cheekSquintRight',
  'noseSneerLeft',
  'noseSneerRight',
] as const;
export type Coefficient = (typeof COEFFICIENTS)[number];

/** C, the number of coefficients in a motion frame. */
export const COEFFICIENT_COUNT = COEFFICIENTS.length;

/** Position of each coefficient in a motion frame. */
export const COEFFICIENT_INDEX: Readonly<Record<Coefficient, number>> = Object.fromEntries(
  COEFFICIENTS.map((name, index) => [name, index]),
) as Record<Coefficient, number>;

/** The coefficients LAC predicts (D_l): jaw and mouth. All others belong to emotion (D_e) and life (D_u). */
export const LIP_COEFFICIENTS = COEFFICIENTS.filter((name) => name.startsWith('jaw') || name.startsWith('mouth'));
