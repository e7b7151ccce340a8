import { PcTalkError } from '../../errors.ts';
import { EMOTIONS, type Emotion } from '../../motion/emotions.ts';
import type { Felt } from './felt.ts';

/** Classifiers a user may add: one that reads what is said, one that hears how. */
export const EMOTION_CLASSIFIERS = ['text-emotion', 'voice-emotion'] as const;
export type EmotionClassifier = (typeof EMOTION_CLASSIFIERS)[number];

/**
 * What classifiers call their classes, and what we call them; matched exactly, in lower case.
 *
 * @source labels as published with EmoBERTa (MELD), GoEmotions, SUPERB ER (IEMOCAP), RAVDESS, CREMA-D. The 28 classes of
 * GoEmotions are grouped by its authors' own table of Ekman's emotions, except: disapproval is contempt, not anger, and
 * realization, confusion and curiosity are left neutral, since they are shown too faintly to draw.
 */
const LABELS: Readonly<Record<Emotion, readonly string[]>> = {
  neutral: ['neutral', 'neu', 'calm', 'cal', 'other', 'others', 'realization', 'confusion', 'curiosity'],
  happy: [
    ...[
      'happy',
      'hap',
      'happiness',
      'joy',
      'joyful',
      'excited',
      'exc',
      'amusement',
      'admiration',
      'approval',
      'caring',
    ],
    ...['desire', 'excitement', 'gratitude', 'love', 'optimism', 'pride', 'relief'],
  ],
  sad: ['sad', 'sadness', 'disappointment', 'embarrassment', 'grief', 'remorse'],
  angry: ['angry', 'ang', 'anger', 'annoyance', 'frustration', 'fru'],
  fear: ['fear', 'fea', 'fearful', 'scared', 'nervousness'],
  disgusted: ['disgust', 'disgusted', 'dis'],
  surprised: ['surprise', 'surprised', 'sur'],
  contempt: ['contempt', 'disapproval'],
};

const EMOTION_OF = new Map(EMOTIONS.flatMap((emotion) => LABELS[emotion].map((label) => [label, emotion] as const)));

/**
 * Reads the labels of a classifier.
 * @param labels of its classes, in order. @param where names the classifier in messages.
 * @returns the emotion of each class
 * @throws `model-invalid` if a label is not known, or all mean the same
 */
export function emotionsOfLabels(labels: readonly string[], where: string): Emotion[] {
  const emotions = labels.map((label) => {
    const emotion = EMOTION_OF.get(label.trim().toLowerCase());
    if (emotion !== undefined) return emotion;
    throw new PcTalkError(
      'model-invalid',
      `${where}: expected classes that name emotions, got '${label}'; write one of ${EMOTIONS.join(', ')} in its place into id2label of config.json`,
    );
  });
  if (new Set(emotions).size > 1) return emotions;
  throw new PcTalkError(
    'model-invalid',
    `${where}: expected classes of at least two emotions, got ${labels.join(', ')}; try a classifier of emotions`,
  );
}

/** Probabilities below this are a classifier's doubt, not a feeling. */
const DOUBT = 0.1;
/** No more emotions than this are felt at once. */
const AT_ONCE = 2;

/** Sums a classifier's probabilities by emotion and keeps the clearest. @param probabilities of classes, 0–1 each */
export function feltOfClasses(emotions: readonly Emotion[], probabilities: ArrayLike<number>): Felt {
  const sums = new Map<Emotion, number>();
  emotions.forEach((emotion, i) => {
    sums.set(emotion, Math.min(1, (sums.get(emotion) ?? 0) + probabilities[i]!));
  });
  sums.delete('neutral');
  const clear = [...sums].filter(([, p]) => p >= DOUBT).sort((a, b) => b[1] - a[1]);
  return Object.fromEntries(clear.slice(0, AT_ONCE));
}
