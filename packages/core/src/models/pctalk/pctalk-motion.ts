/** PC-Talk's whole motion path: a voice and a motion reference to the driven expression of every frame. */
import { MEL_DEFAULTS, melSpectrogram } from '../../audio/mel.ts';
import { PcTalkError, type WarningReporter } from '../../errors.ts';
import type { Emotion, Region } from '../../motion/emotions.ts';
import {
  addEmotion,
  controlLips,
  LIP_CONTROLS_DEFAULTS,
  type LipControls,
  lipReference,
  pointMajorLips,
  replaceLips,
} from '../../motion/implicit/drive-expression.ts';
import {
  type KalmanOptions,
  LIP_KALMAN,
  smoothRandomWalk,
  smoothWithLag,
} from '../../motion/implicit/kalman-smoother.ts';
import type { ImplicitMotion } from '../../motion/implicit/transform.ts';
import type { TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import type { StateDict } from '../released/build-network.ts';
import { type GraphCache, obtainNetwork, type WeightSource } from '../released/graph-cache.ts';
import { AUDIO_WINDOW, audioEncoder, audioFrameCount, audioWindows, encodeAudioWindows } from './audio-encoder.ts';
import type { PersonStyle } from './embedding-table.ts';
import { Emc, type EmcWeights } from './emc.ts';
import { Lac, type LacWeights } from './lac.ts';

/** Where the release is followed and where it is mended. */
export interface MotionProfile {
  /** Frames for all of the sound, by 0.2 s of silence after it; the release loses the last 5 frames. */
  readonly wholeSound: boolean;
  /** `clip` looks at the whole clip, as the release; `fixed-lag` at two frames ahead, so that it can stream. */
  readonly smoothing: 'clip' | 'fixed-lag' | 'none';
  /** `zero`, as the release, or the lips in silence. */
  readonly lipScaleAbout: 'zero' | 'rest';
  /** Refuses numbers that are not finite or outside these limits; the release takes anything. */
  readonly limits: { readonly lipScale: number; readonly articulation: number; readonly intensity: number };
}

/** Frames the causal smoother looks ahead, 80 ms. */
const LOOK_AHEAD = 2;

/** The release as it is, faults included. @source PC-Talk release, `inference.py` */
export const PC_TALK_PROFILE: MotionProfile = Object.freeze({
  wholeSound: false,
  smoothing: 'clip',
  lipScaleAbout: 'zero',
  limits: { lipScale: Infinity, articulation: Infinity, intensity: Infinity },
});

/** The release mended: no lost tail, causal smoothing, scale about the resting mouth, bounded controls. */
export const MENDED_PROFILE: MotionProfile = Object.freeze({
  wholeSound: true,
  smoothing: 'fixed-lag',
  lipScaleAbout: 'rest',
  limits: { lipScale: 1.6, articulation: 2, intensity: 1 },
});

/** An emotion on part of the face. */
export interface EmotionCondition {
  readonly emotion: Emotion;
  readonly region: Region;
  /** The same for all frames, or of each. */
  readonly intensity: number | ((frame: number) => number);
}

/** What a voice is to drive, and how. */
export interface DriveOptions {
  readonly style: PersonStyle;
  readonly profile: MotionProfile;
  /** Canonical keypoints `[21 × 3]` and motion of each frame of the reference; its own lips are replaced. */
  readonly canonical: readonly Float32Array[];
  readonly reference: readonly ImplicitMotion[];
  /** Controls of a frame. Default: as predicted. */
  readonly controls?: (frame: number) => LipControls;
  /** Summed in order. */
  readonly emotions?: readonly EmotionCondition[];
  /** Frames two windows share, of lips and emotions. Default: a fifth of a window. */
  readonly overlap?: number;
  /** Row of EMC's person table. Default: 0. */
  readonly emotionPerson?: number;
  /** Smooths what EMC predicts over the whole clip. Default: false. */
  readonly smoothEmotions?: boolean;
}

/** Weights of PC-Talk's networks; without EMC there are no emotions. */
export interface PcTalkWeights {
  readonly audioEncoder: StateDict | WeightSource;
  readonly lac: LacWeights;
  readonly emc?: EmcWeights;
}

const AUDIO_BATCH = 25;
const SAMPLES_PER_FRAME = MEL_DEFAULTS.sampleRate / 25;

/** PC-Talk's networks, loaded. Who loads them disposes them. */
export class PcTalkMotion {
  readonly #runtime: TensorRuntime;
  readonly #audio: TensorSession;
  readonly lac: Lac;
  readonly #emcWeights: EmcWeights | undefined;
  readonly #cache: GraphCache | undefined;
  /** EMC by the emotions it predicts side by side. */
  readonly #emcs = new Map<string, Emc>();

  private constructor(
    runtime: TensorRuntime,
    audio: TensorSession,
    lac: Lac,
    emc: EmcWeights | undefined,
    cache: GraphCache | undefined,
  ) {
    this.#cache = cache;
    this.#runtime = runtime;
    this.#audio = audio;
    this.lac = lac;
    this.#emcWeights = emc;
  }

  /** @throws `model-invalid` if a file does not fit its network. */
  static async load(
    weights: PcTalkWeights,
    runtime: TensorRuntime,
    warn?: WarningReporter,
    cache?: GraphCache,
  ): Promise<PcTalkMotion> {
    const kept = cache === undefined ? {} : { cache };
    const options = (where: string, hash?: string) => ({
      where,
      ...kept,
      ...(warn !== undefined && { warn }),
      ...(hash !== undefined && { hash }),
    });
    const { lac, emc } = weights;
    const encoder = await obtainNetwork(audioEncoder(AUDIO_BATCH), weights.audioEncoder, options('audio encoder'));
    const audio = await runtime.load(encoder);
    const loaded = await Lac.load(lac, runtime, options('LAC', lac.hash));
    return new PcTalkMotion(runtime, audio, loaded, emc, cache);
  }

  /** Audio features `[512]` a frame of a 16 kHz waveform; as many frames as the profile makes. */
  async hear(waveform: Float32Array, profile: MotionProfile): Promise<Float32Array[]> {
    const tail = profile.wholeSound ? AUDIO_WINDOW.columns * MEL_DEFAULTS.hop : 0;
    const padded = new Float32Array(waveform.length + tail);
    padded.set(waveform);
    const columns = melSpectrogram(padded);
    const frames = profile.wholeSound
      ? Math.max(1, Math.ceil(waveform.length / SAMPLES_PER_FRAME))
      : audioFrameCount(columns.length);
    return encodeAudioWindows(audioWindows(columns, frames), this.#audio, AUDIO_BATCH);
  }

  /**
   * Expression δ `[21 × 3]` of every driven frame: as many as both the sound and the reference have.
   * @throws `value-out-of-range` if a control is outside the profile's limits; `model-missing` if emotions are asked for
   *   and there is no EMC.
   */
  async drive(audio: readonly Float32Array[], options: DriveOptions): Promise<Float32Array[]> {
    const { profile, reference, controls = () => LIP_CONTROLS_DEFAULTS } = options;
    const conditions = (options.emotions ?? []).filter((c) => c.emotion !== 'neutral' && c.intensity !== 0);
    const lips = await this.#lips(audio, options);
    const rest = profile.lipScaleAbout === 'rest' ? await this.#restingLips(options) : undefined;
    const emotions = await this.#deformations(audio.slice(0, lips.length), conditions, options);
    return lips.map((predicted, n) => {
      const motion = reference[n]!;
      const frameControls = controls(n);
      checkControls(frameControls, profile, n);
      const expression = replaceLips(motion, controlLips(predicted, frameControls, rest));
      for (const { emotion, region, intensity } of conditions) {
        const strength = typeof intensity === 'number' ? intensity : intensity(n);
        checkRange(strength, profile.limits.intensity, 'intensity', `${emotion}, frame ${n}`);
        addEmotion(expression, emotions.get(emotion)![n]!, region, strength, motion.scale);
      }
      return expression;
    });
  }

  async dispose(): Promise<void> {
    await this.#audio.dispose();
    await this.lac.dispose();
    for (const emc of this.#emcs.values()) await emc.dispose();
  }

  /** D_l `[6 × 3]` a frame, predicted and smoothed. */
  async #lips(audio: readonly Float32Array[], options: DriveOptions): Promise<Float32Array[]> {
    const { canonical, reference, style, overlap, profile } = options;
    const frames = reference.slice(0, audio.length);
    const predicted = await this.lac.predict(audio, {
      style,
      reference: frames.map((motion, n) => lipReference(canonical[n]!, motion)),
      ...(overlap === undefined ? {} : { overlap }),
    });
    const lips = predicted.map(pointMajorLips);
    return smoothClip(lips, profile, LIP_KALMAN);
  }

  /** The lips of this person in silence: the last frame of a window of it. */
  async #restingLips({ canonical, reference, style }: DriveOptions): Promise<Float32Array> {
    const silence = new Float32Array(AUDIO_WINDOW.bands).fill(-4);
    const windows = audioWindows([silence], 1);
    const [feature] = await encodeAudioWindows(windows, this.#audio, AUDIO_BATCH);
    const still = lipReference(canonical[0]!, reference[0]!);
    const frames = this.lac.period;
    const predicted = await this.lac.predict(Array<Float32Array>(frames).fill(feature!), {
      style,
      reference: Array<Float32Array>(frames).fill(still),
    });
    return pointMajorLips(predicted.at(-1)!);
  }

  /** D_e `[21 × 3]` a frame of each emotion: its prediction minus that of neutral. */
  async #deformations(
    audio: readonly Float32Array[],
    conditions: readonly EmotionCondition[],
    { overlap, emotionPerson, smoothEmotions }: DriveOptions,
  ): Promise<ReadonlyMap<Emotion, readonly Float32Array[]>> {
    const emotions = [...new Set(conditions.map(({ emotion }) => emotion))];
    if (emotions.length === 0) return new Map();
    const emc = await this.#emcFor(['neutral', ...emotions]);
    const [neutral, ...felt] = await emc.predict(audio, {
      ...(overlap !== undefined && { overlap }),
      ...(emotionPerson !== undefined && { person: emotionPerson }),
      ...(smoothEmotions !== undefined && { smooth: smoothEmotions }),
    });
    return new Map(
      emotions.map((emotion, e) => [
        emotion,
        felt[e]!.map((frame, n) => frame.map((value, i) => value - neutral![n]![i]!)),
      ]),
    );
  }

  async #emcFor(emotions: readonly Emotion[]): Promise<Emc> {
    if (this.#emcWeights === undefined) {
      throw new PcTalkError(
        'model-missing',
        'emotions: expected the weights of EMC, got none; try pctalk models pull pctalk-emc.',
      );
    }
    const key = emotions.join();
    const known = this.#emcs.get(key);
    if (known !== undefined) return known;
    const { hash } = this.#emcWeights;
    const emc = await Emc.load(this.#emcWeights, emotions, this.#runtime, {
      where: 'EMC',
      ...(this.#cache !== undefined && { cache: this.#cache }),
      ...(hash !== undefined && { hash }),
    });
    this.#emcs.set(key, emc);
    return emc;
  }
}

/** Smooths a clip as the profile does. @returns as many frames. */
export function smoothClip(
  frames: readonly Float32Array[],
  { smoothing }: MotionProfile,
  options: KalmanOptions,
): Float32Array[] {
  switch (smoothing) {
    case 'clip':
      return smoothRandomWalk(frames, options);
    case 'fixed-lag':
      return smoothWithLag(frames, LOOK_AHEAD, options);
    case 'none':
      return [...frames];
  }
}

function checkControls(controls: LipControls, { limits }: MotionProfile, frame: number): void {
  checkRange(controls.lipScale, limits.lipScale, 'lip scale', `frame ${frame}`);
  for (const { articulation, scale } of controls.articulation) {
    checkRange(scale, limits.articulation, articulation, `frame ${frame}`);
  }
}

function checkRange(value: number, limit: number, what: string, where: string): void {
  if (limit === Infinity || (value >= 0 && value <= limit)) return;
  throw new PcTalkError('value-out-of-range', `${where}: expected ${what} from 0 to ${limit}, got ${value}.`);
}
