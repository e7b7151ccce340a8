/** What a user may ask of keypoints before they are drawn, and what of it depends on the source alone. */
import type { FinishOptions } from '../models/liveportrait/finish-keypoints.ts';
import type { LivePortrait, Portrait } from '../models/liveportrait/liveportrait.ts';
import { normaliseLips, retargetEyes, steadyEyeTarget } from '../models/liveportrait/retargeting.ts';
import type { NeuralFrame, NeuralSourceFrame, NeuralTake } from './neural-plan.ts';

/** Openness of eyes or lips: a number, or as the motion reference has it. */
export type OpennessTarget = number | 'reference';

/** How driven keypoints are finished. Defaults are those of the release. */
export interface NeuralFinish {
  /** @default true */
  readonly stitching?: boolean | undefined;
  /** @default 1 */
  readonly multiplier?: number | undefined;
  /** Sets the eyes of all frames. @default as driven */
  readonly eyes?: OpennessTarget | undefined;
  /** Sets the lips of all frames, over what the voice says. @default as driven */
  readonly lips?: OpennessTarget | undefined;
  /** Closes the lips of the source first; relative motion alone. @default false */
  readonly normaliseLips?: boolean | undefined;
  /** Holds the eyes of a source video as open as in its first frame. @default false */
  readonly steadyEyes?: boolean | undefined;
}

/** A portrait with what its finishing needs of the source. */
export interface FinishedPortrait extends Portrait {
  readonly finish: (frame: NeuralFrame) => Partial<FinishOptions>;
}

/** Computes once what finishing needs of a frame of the source. @param first of a source video, its first frame. */
export async function prepareFinish(
  portrait: Portrait,
  frame: NeuralSourceFrame,
  first: NeuralSourceFrame | undefined,
  choice: NeuralFinish & Pick<NeuralTake, 'relative'>,
  networks: LivePortrait,
): Promise<FinishedPortrait> {
  const { eyes, lips } = frame.openness ?? { eyes: [0, 0] as const, lips: 0 };
  const relative = choice.relative === true;
  const lipOffsets =
    choice.normaliseLips && relative
      ? await normaliseLips(portrait.keypoints, lips, networks.perceptron('lips'))
      : undefined;
  const eyeOffsets =
    choice.steadyEyes && first !== undefined
      ? await retargetEyes(
          portrait.keypoints,
          eyes,
          steadyEyeTarget(first.openness?.eyes ?? eyes),
          networks.perceptron('eyes'),
        )
      : undefined;
  const set = <Source>(source: Source, wanted: OpennessTarget | undefined, reference: number | undefined) => {
    const openness = wanted === 'reference' ? reference : wanted;
    return openness === undefined ? undefined : { source, target: openness };
  };
  return {
    ...portrait,
    finish: ({ eyeOpenness, lipOpenness }) => ({
      stitching: choice.stitching ?? true,
      multiplier: choice.multiplier ?? 1,
      relative,
      eyes: set(eyes, choice.eyes, eyeOpenness),
      lips: set(lips, choice.lips, lipOpenness),
      lipOffsets,
      eyeOffsets,
    }),
  };
}
