import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  EMOTIONS,
  type Emotion,
  type FaceAnalyser,
  type FaceLandmarks,
  fitHeadPose,
  writeHeadFrame,
  writePoseMatrix,
} from '@pctalk/core';
import { decodeVideo } from '@pctalk/node';
import type { ExpressionJudge } from './expression-judge.ts';
import { type FaceShape, FaceShapeMean } from './face-change.ts';

/** Mean answer of the judge to one clip. */
export interface JudgedClip {
  readonly name: string;
  /** Read from the file name, if one stands there. */
  readonly emotion: Emotion | undefined;
  readonly probabilities: Float32Array;
  readonly shape: FaceShape;
}

/** Frames a second that are looked at, and how many at most. */
const RATE = 3;
const MOST = 40;

/** Has every clip of a folder judged. */
export async function judgeClips(
  folder: string,
  judge: ExpressionJudge,
  analyser: FaceAnalyser,
): Promise<JudgedClip[]> {
  const clips: JudgedClip[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.mp4')).sort()) {
    let sum: Float32Array | undefined;
    let count = 0;
    let seen = 0;
    const shape = new FaceShapeMean();
    let previous: FaceLandmarks | undefined;
    for await (const frame of decodeVideo(join(folder, name), { fps: RATE })) {
      if (++seen > MOST) break;
      previous = await analyser.track(frame, previous);
      if (previous !== undefined) shape.add(headOf(previous.points));
      const answer = await judge.judgeLargest(frame);
      if (answer === undefined) continue;
      sum = sum === undefined ? answer : sum.map((value, i) => value + answer[i]!);
      count++;
    }
    if (sum === undefined) continue;
    const emotion = EMOTIONS.find((each) => name.includes(each));
    clips.push({ name, emotion, probabilities: sum.map((value) => value / count), shape: shape.shape() });
  }
  return clips;
}

function headOf(points: Float32Array): Float32Array {
  const pose = fitHeadPose(points);
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  const head = new Float32Array(points.length);
  writeHeadFrame(points, pose, matrix, head);
  return head;
}
