import { type Amounts, expressionVector } from './emotion-presets.ts';
import { EMOTIONS, type Emotion } from './emotions.ts';

/**
 * Emotions as filmed people show them to the tracker, in action units: what faces are read by. What is drawn
 * (`EMOTION_VECTORS`) is told apart further than people do.
 *
 * @source units: EMFACS, as in emotion-presets.ts (disgust 9+15+16, the jaw's drop in surprise takes the lower lip along);
 * amounts: row by row beside two acted people, docs/evaluation/emotion-sources.md
 */
const READ: Readonly<Record<Emotion, Amounts>> = {
  neutral: {},
  happy: {
    cheekSquint: 1,
    mouthSmile: 0.95,
    eyeSquint: 0.15,
    mouthUpperUp: 0.95,
    mouthDimple: 0.2,
    mouthStretch: 0.25,
    mouthLowerDown: 0.5,
    browOuterUp: 0.3,
    jawOpen: 0.14,
    browInnerUp: 0.1,
  },
  sad: {
    browInnerUp: 1,
    browDown: 0.85,
    browOuterUp: -0.5,
    mouthFrown: 0.62,
    mouthStretch: 0.42,
    mouthShrugLower: 0.5,
    mouthLowerDown: 0.25,
    eyeSquint: 0.6,
    eyeBlink: 0.28,
    cheekSquint: 0.25,
  },
  angry: {
    browDown: 1,
    browInnerUp: -0.25,
    browOuterUp: -0.4,
    eyeSquint: 0.95,
    noseSneer: 0.6,
    cheekSquint: 0.2,
    mouthUpperUp: 1,
    mouthStretch: 0.14,
    mouthLowerDown: 0.95,
    mouthSmile: 0.12,
    mouthFunnel: 0.04,
    jawOpen: 0.16,
  },
  fear: {
    browInnerUp: 1,
    browOuterUp: 0.55,
    browDown: 0.55,
    eyeWide: 1,
    mouthStretch: 1,
    mouthFrown: 0.05,
    mouthLowerDown: 0.65,
    mouthUpperUp: 0.35,
    jawOpen: 0.2,
  },
  disgusted: {
    noseSneer: 1,
    mouthUpperUp: 0.8,
    mouthFrown: 0.2,
    mouthLowerDown: 0.7,
    mouthStretch: 0.75,
    mouthShrugLower: 0.2,
    browDown: 0.9,
    browOuterUp: -0.1,
    eyeSquint: 0.8,
    cheekSquint: 0.7,
  },
  surprised: {
    browInnerUp: 0.95,
    browOuterUp: 0.9,
    eyeWide: 1,
    jawOpen: 0.28,
    mouthLowerDown: 0.4,
    mouthUpperUp: 0.25,
  },
  contempt: {
    mouthSmileRight: 0.65,
    mouthDimpleRight: 0.9,
    mouthUpperUpRight: 0.6,
    cheekSquintRight: 0.4,
    eyeSquintRight: 0.4,
    eyeSquintLeft: 0.2,
    eyeBlink: 0.12,
    browInnerUp: 0.85,
    browOuterUpLeft: 0.95,
    browOuterUpRight: 0.7,
  },
};

/** An emotion that is read, at full strength `[C]`. */
export const READ_VECTORS: Readonly<Record<Emotion, Float32Array>> = Object.fromEntries(
  EMOTIONS.map((emotion) => [emotion, expressionVector(READ[emotion])]),
) as Record<Emotion, Float32Array>;
