import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type FaceAnalyser,
  type FaceDetection,
  PcTalkError,
  type RgbaImage,
  sampleRegion,
  type TensorRuntime,
} from '@pctalk/core';
import { convertTfjsGraph } from './tfjs-graph.ts';

/** What the judge tells apart, in the order of its answers; it does not know contempt. */
export const JUDGED = ['angry', 'disgusted', 'fear', 'happy', 'sad', 'surprised', 'neutral'] as const;
export type Judged = (typeof JUDGED)[number];

/** Side of the grey picture it is shown. */
const SIDE = 64;
/** Side of the square around a detected face, in boxes. */
const MARGIN = 1.4;
const LUMA = [0.2989, 0.587, 0.114] as const;

/** An expression network that others trained, here to measure with only. Who creates it disposes it. */
export interface ExpressionJudge {
  /** Probabilities of `JUDGED`, sum 1, of the face in a box. */
  judge(image: RgbaImage, box: FaceDetection['box']): Promise<Float32Array>;
  /** The same of the largest face; undefined if there is none. */
  judgeLargest(image: RgbaImage): Promise<Float32Array | undefined>;
  dispose(): Promise<void>;
}

/**
 * Loads the expression network that comes inside `@vladmandic/human` and shows it faces as that library does.
 *
 * @source @vladmandic/human 3.3.6, src/gear/emotion.ts (grey, −1 … 1, order of classes), src/config.ts (scale 1.4); the
 * network is mini-Xception of oarriaga/face_classification, trained on FER2013
 * @throws `model-missing` if the package is not installed.
 */
export async function createExpressionJudge(runtime: TensorRuntime, analyser: FaceAnalyser): Promise<ExpressionJudge> {
  const session = await runtime.load(await convertTfjsGraph(modelPath(), SIDE, 1));
  const colours = new Float32Array(3 * SIDE * SIDE);
  const judge = async (image: RgbaImage, { left, top, right, bottom }: FaceDetection['box']) => {
    const region = {
      centerX: (left + right) / 2,
      centerY: (top + bottom) / 2,
      size: MARGIN * Math.max(right - left, bottom - top),
      rotation: 0,
    };
    sampleRegion(image, region, { size: SIDE, border: 'black', range: [-1, 1] }, colours);
    const { answer } = await session.run({ picture: { dims: [1, 1, SIDE, SIDE], data: greyOf(colours) } });
    return (answer!.data as Float32Array).slice();
  };
  return {
    judge,
    async judgeLargest(image) {
      const faces = await analyser.detect(image);
      const width = ({ box }: FaceDetection) => box.right - box.left;
      const [largest] = [...faces].sort((a, b) => width(b) - width(a));
      return largest && judge(image, largest.box);
    },
    dispose: () => session.dispose(),
  };
}

/** The likeliest class. */
export function verdict(probabilities: ArrayLike<number>): Judged {
  let best = 0;
  for (let i = 1; i < JUDGED.length; i++) if (probabilities[i]! > probabilities[best]!) best = i;
  return JUDGED[best]!;
}

function greyOf(colours: Float32Array): Float32Array {
  const plane = SIDE * SIDE;
  const grey = new Float32Array(plane);
  for (let i = 0; i < plane; i++) {
    grey[i] = LUMA[0] * colours[i]! + LUMA[1] * colours[plane + i]! + LUMA[2] * colours[2 * plane + i]!;
  }
  return grey;
}

function modelPath(): string {
  try {
    return join(createRequire(import.meta.url).resolve('@vladmandic/human'), '../../models/emotion.json');
  } catch (cause) {
    const message = '@vladmandic/human: expected it installed, found none; install it to evaluate emotions';
    throw new PcTalkError('model-missing', message, { cause });
  }
}
