import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EMOTIONS, type Emotion } from '@pctalk/core';
import { decodeVideo } from '@pctalk/node';
import type { ExpressionJudge } from './expression-judge.ts';

/** Mean answer of the judge to one clip. */
export interface JudgedClip {
  readonly name: string;
  /** Read from the file name, if one stands there. */
  readonly emotion: Emotion | undefined;
  readonly probabilities: Float32Array;
}

/** Frames a second that are looked at, and how many at most. */
const RATE = 3;
const MOST = 40;

/** Has every clip of a folder judged. */
export async function judgeClips(folder: string, judge: ExpressionJudge): Promise<JudgedClip[]> {
  const clips: JudgedClip[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.mp4')).sort()) {
    let sum: Float32Array | undefined;
    let count = 0;
    let seen = 0;
    for await (const frame of decodeVideo(join(folder, name), { fps: RATE })) {
      if (++seen > MOST) break;
      const answer = await judge.judgeLargest(frame);
      if (answer === undefined) continue;
      sum = sum === undefined ? answer : sum.map((value, i) => value + answer[i]!);
      count++;
    }
    if (sum === undefined) continue;
    const emotion = EMOTIONS.find((each) => name.includes(each));
    clips.push({ name, emotion, probabilities: sum.map((value) => value / count) });
  }
  return clips;
}
