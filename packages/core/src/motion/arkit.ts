import { COEFFICIENT_INDEX, type Coefficient } from './coefficients.ts';
import type { Gaze } from './motion-space.ts';

/** The 52 blendshapes of ARKit, in the order of Live Link Face. @source ARKit ARFaceAnchor.BlendShapeLocation (names) */
export const ARKIT_BLENDSHAPES = [
  'eyeBlinkLeft',
  'eyeLookDownLeft',
  'eyeLookInLeft',
  'eyeLookOutLeft',
  'eyeLookUpLeft',
  'eyeSquintLeft',
  'eyeWideLeft',
  'eyeBlinkRight',
  'eyeLookDownRight',
  'eyeLookInRight',
  'eyeLookOutRight',
  'eyeLookUpRight',
  'eyeSquintRight',
  'eyeWideRight',
  'jawForward',
  'jawRight',
  'jawLeft',
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthRight',
  'mouthLeft',
  'mouthSmileLeft',
  'mouthSmileRight',
  'mouthFrownLeft',
  'mouthFrownRight',
  'mouthDimpleLeft',
  'mouthDimpleRight',
  'mouthStretchLeft',
  'mouthStretchRight',
  'mouthRollLower',
  'mouthRollUpper',
  'mouthShrugLower',
  'mouthShrugUpper',
  'mouthPressLeft',
  'mouthPressRight',
  'mouthLowerDownLeft',
  'mouthLowerDownRight',
  'mouthUpperUpLeft',
  'mouthUpperUpRight',
  'browDownLeft',
  'browDownRight',
  'browInnerUp',
  'browOuterUpLeft',
  'browOuterUpRight',
  'cheekPuff',
  'cheekSquintLeft',
  'cheekSquintRight',
  'noseSneerLeft',
  'noseSneerRight',
  'tongueOut',
] as const;
export type ArkitBlendshape = (typeof ARKIT_BLENDSHAPES)[number];

/** Where the eyes look at 1, radians: about as far as eyes turn without the head. */
const FULL_LOOK = { yaw: 0.6, pitch: 0.45 } as const;

/** Blendshapes that have no coefficient of the same name: from two of ours, from the gaze, or always 0. */
const DERIVED: Readonly<Partial<Record<ArkitBlendshape, (coefficients: Float32Array, gaze: Gaze) => number>>> = {
  browInnerUp: (c) => (c[COEFFICIENT_INDEX.browInnerUpLeft]! + c[COEFFICIENT_INDEX.browInnerUpRight]!) / 2,
  eyeLookDownLeft: (_, { pitch }) => pitch / FULL_LOOK.pitch,
  eyeLookDownRight: (_, { pitch }) => pitch / FULL_LOOK.pitch,
  eyeLookUpLeft: (_, { pitch }) => -pitch / FULL_LOOK.pitch,
  eyeLookUpRight: (_, { pitch }) => -pitch / FULL_LOOK.pitch,
  eyeLookOutLeft: (_, { yaw }) => yaw / FULL_LOOK.yaw,
  eyeLookInRight: (_, { yaw }) => yaw / FULL_LOOK.yaw,
  eyeLookInLeft: (_, { yaw }) => -yaw / FULL_LOOK.yaw,
  eyeLookOutRight: (_, { yaw }) => -yaw / FULL_LOOK.yaw,
  jawForward: () => 0,
  mouthShrugUpper: () => 0,
  cheekPuff: () => 0,
  tongueOut: () => 0,
};

/**
 * A frame's coefficients as ARKit's blendshapes, 0–1. Left and right are the subject's own in both. `jawForward`,
 * `mouthShrugUpper`, `cheekPuff` and `tongueOut` are no movements of ours and stay 0.
 * @param coefficients `[C]` @param gaze yaw to the image right, the subject's left. @returns `[52]`, new memory.
 */
export function arkitBlendshapes(coefficients: Float32Array, gaze: Gaze): Float32Array {
  return Float32Array.from(ARKIT_BLENDSHAPES, (name) => {
    const derived = DERIVED[name];
    const value = derived ? derived(coefficients, gaze) : coefficients[COEFFICIENT_INDEX[name as Coefficient]]!;
    return Math.min(1, Math.max(0, value));
  });
}
