/**
 * A sync expert: 0.2 s of sound and the five lip frames of the same time become vectors that point the same way if
 * they belong together. Sound is heard by PC-Talk's audio encoder with fewer channels; lips are the mouth's measures.
 */
import {
  concat,
  input,
  linear,
  mul,
  type Network,
  normalise,
  type ParameterScope,
  relu,
  reshape,
  slice,
  type Value,
} from '@pctalk/graph';
import { MEL_DEFAULTS } from '../../audio/mel.ts';
import { AUDIO_FEATURES_DEFAULTS, audioFeatures, type NormalisedConv } from '../lac/audio-encoder.ts';

/** Sizes of the expert's windows and vectors. */
export const SYNC_SHAPE = Object.freeze({
  /** Frames of lips in a window, from its first frame on. */
  frames: 5,
  /** Mel columns in a window, 80 a second. */
  columns: 16,
  /** G, the mouth's measures: inner gap, outer gap, outer width, protrusion of upper and lower lip, chin; U. */
  measures: 6,
  /** Channels of the audio encoder's first block; its features are 16 times as many. */
  channels: 8,
  /** Length of both vectors. */
  width: 64,
});

/** First mel column of the window that begins with a frame. @source PC-Talk audio_features.py */
export function syncColumn(frame: number): number {
  return Math.floor((MEL_DEFAULTS.sampleRate / MEL_DEFAULTS.hop / 25) * frame);
}

const HIDDEN = 128;
/** Measures in U are around 0.1: this makes them around 1. */
const MEASURE_SCALE = 10;

/** What the expert hears in a window. */
export interface HeardSync {
  /** [N, 128], ≥ 0: features for networks that want to know what is said. */
  readonly features: Value;
  /** [N, 64], of length 1. */
  readonly sound: Value;
}

/** @param mel windows [N, 1, 80, 16], −4…4. @param layer see `audioFeatures`; training takes the batch's moments. */
export function soundEmbedding(
  mel: Value,
  scope: ParameterScope,
  layer: NormalisedConv = AUDIO_FEATURES_DEFAULTS.layer,
): HeardSync {
  const features = audioFeatures(mel, scope, { channels: SYNC_SHAPE.channels, layer });
  return { features, sound: normalise(linear(features, SYNC_SHAPE.width, scope.scope('sound'))) };
}

/** @param windows [..., 5 · 6], measures of five frames after each other, U. @returns [..., 64], of length 1. */
export function lipEmbedding(windows: Value, scope: ParameterScope): Value {
  const lips = scope.scope('lips');
  const first = relu(linear(mul(windows, MEASURE_SCALE), HIDDEN, lips.scope('first')));
  const second = relu(linear(first, HIDDEN, lips.scope('second')));
  return normalise(linear(second, SYNC_SHAPE.width, lips.scope('out')));
}

/** Measures [B, T, 6] as windows [B, T − 4, 30] that begin with each frame. */
export function lipWindows(measures: Value): Value {
  const { frames } = SYNC_SHAPE;
  const count = (measures.shape[1] ?? 0) - frames + 1;
  return concat(
    Array.from({ length: frames }, (_, i) => slice(measures, 1, i, i + count)),
    2,
  );
}

/** What the expert hears, for `windows` windows a run: mel [N, 1, 80, 16] to `features` [N, 128] and `sound` [N, 64]. */
export function syncSoundNetwork(scope: ParameterScope, windows: number): Network {
  const mel = input('mel', [windows, 1, MEL_DEFAULTS.bands, SYNC_SHAPE.columns]);
  const { features, sound } = soundEmbedding(mel, scope);
  return { name: 'sync-sound', outputs: { features: reshape(features, [windows, -1]), sound } };
}
