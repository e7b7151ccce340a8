import { PHONE_CLASSES } from '@pctalk/core';
import {
  input,
  layerNorm,
  linear,
  logSoftmax,
  mean,
  mul,
  type Network,
  neg,
  type ParameterScope,
  relu,
  softmax,
  sum,
  type TrainingObjective,
  type Value,
} from '@pctalk/graph';
import { WINDOW_WIDTH } from './heard-clips.ts';

/** Rows a step of training sees, and rows classified at once. */
export const TEACHER_BATCH = 512;
/** Rows the teacher classifies at once. */
export const TEACHER_ROWS = 128;
const HIDDEN = 256;

function logits(windows: Value, scope: ParameterScope): Value {
  const normal = layerNorm(windows, scope.scope('norm'));
  const first = relu(linear(normal, HIDDEN, scope.scope('first')));
  const second = relu(linear(layerNorm(first, scope.scope('second_norm')), HIDDEN, scope.scope('second')));
  return linear(second, PHONE_CLASSES.length, scope.scope('phones'));
}

/** Cross entropy of the phone classes of rows, heard in their windows. */
export function teacherObjective(scope: ParameterScope): TrainingObjective {
  const windows = input('windows', [TEACHER_BATCH, WINDOW_WIDTH]);
  const phones = input('phones', [TEACHER_BATCH, PHONE_CLASSES.length]);
  const loss = mean(neg(sum(mul(phones, logSoftmax(logits(windows, scope))), [1])));
  return { name: 'speech-teacher', loss, metrics: {} };
}

/** The classifier for use: `windows` [128, 2016] to `phones` [128, 26]. */
export function teacherNetwork(scope: ParameterScope): Network {
  const windows = input('windows', [TEACHER_ROWS, WINDOW_WIDTH]);
  return { name: 'speech-teacher', outputs: { phones: softmax(logits(windows, scope)) } };
}
