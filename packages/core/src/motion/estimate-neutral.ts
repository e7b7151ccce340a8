import { PcTalkError } from '../errors.ts';
import { CANONICAL_VERTICES } from '../face/canonical-mesh.ts';
import { alignHeadPose, fitHeadPose } from '../face/head-pose.ts';
import { createFaceMeasures, measureFace } from './measures.ts';
import { type HeadPose, KEYPOINT_COUNT } from './motion-space.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

const LENGTH = KEYPOINT_COUNT * 3;
/** Frames count as closed-mouthed up to this quantile of the lip gap, and as open-eyed from this share of the median. */
const CLOSED_QUANTILE = 0.2;
const OPEN_EYES = 0.93;
const ROUNDS = 2;

/**
 * A person's neutral face from video: the median of the frames with closed mouth and open eyes, in the head frame.
 * @param frames landmarks `[478 × 3]` each, pixels; a few seconds of talking are enough.
 * @returns `[478 × 3]`, U: nose base at 0, outer eye corners 1 apart, axes of the canonical mesh.
 * @throws PcTalkError `no-face` without frames.
 */
export function estimateNeutral(frames: readonly Float32Array[]): Float32Array {
  if (frames.length === 0)
    throw new PcTalkError('no-face', 'neutral face: expected at least one frame, got none, try a longer clip');
  let reference: Float32Array = CANONICAL_VERTICES;
  for (let round = 0; round < ROUNDS; round++) {
    const heads = frames.map((frame) => toHead(reference, frame));
    reference = normalise(median(selectNeutral(heads)));
  }
  return reference;
}

function toHead(reference: Float32Array, frame: Float32Array): Float32Array {
  return toFrame(frame, alignHeadPose(frame, reference), new Float32Array(LENGTH));
}

function toFrame(points: Float32Array, pose: HeadPose, out: Float32Array): Float32Array {
  const matrix = new Float64Array(9);
  writePoseMatrix(pose, matrix);
  writeHeadFrame(points, pose, matrix, out);
  return out;
}

function selectNeutral(heads: readonly Float32Array[]): Float32Array[] {
  const measures = heads.map((head) => measureFace(head, createFaceMeasures()));
  const eyes = measures.map((m) => m.eyeOpeningLeft + m.eyeOpeningRight);
  const enough = OPEN_EYES * quantile(eyes, 0.5);
  const awake = heads.map((_, i) => i).filter((i) => eyes[i]! >= enough);
  const closed = quantile(
    awake.map((i) => measures[i]!.lipGap),
    CLOSED_QUANTILE,
  );
  return awake.filter((i) => measures[i]!.lipGap <= closed).map((i) => heads[i]!);
}

function median(heads: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(LENGTH);
  const column = new Float32Array(heads.length);
  for (let i = 0; i < LENGTH; i++) {
    for (let f = 0; f < heads.length; f++) column[f] = heads[f]![i]!;
    column.sort();
    out[i] = (column[(heads.length - 1) >> 1]! + column[heads.length >> 1]!) / 2;
  }
  return out;
}

/** Gives a median face the origin, the unit and the axes of a head frame, in place. */
function normalise(head: Float32Array): Float32Array {
  return toFrame(head, fitHeadPose(head), head);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
}
