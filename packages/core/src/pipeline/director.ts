import type { Performance } from '../formats/performance.ts';
import { clampUnit, smoothstep } from '../math/smoothstep.ts';
import type { EmotionStream } from '../models/emotion/emotion-driver.ts';
import type { LipStream } from '../models/lac/lip-driver.ts';
import type { StyleTable } from '../models/lac/style-table.ts';
import type { SpeechFrame } from '../models/speech/speech-driver.ts';
import { type ArticulationEditor, vectorOf } from '../motion/articulation.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX } from '../motion/coefficients.ts';
import { type EmotionTarget, emotionOffset } from '../motion/emotion-presets.ts';
import { ARTICULATIONS, type Emotion, type RegionSide } from '../motion/emotions.ts';
import type { Gaze, MotionFrame } from '../motion/motion-space.ts';
import { Blinks } from './blinks.ts';
import { FaceLife } from './face-life.ts';
import { GazePath } from './gaze.ts';
import { HeadMotion, type HeadMove } from './head-motion.ts';
import { IdleMouth } from './idle-mouth.ts';
import { MouthInsideTracker } from './mouth-inside.ts';
import { type Prosody, ProsodyTracker } from './prosody.ts';
import { type ReferenceMotion, referenceMotionAt } from './reference-motion.ts';
import { compileStyle, type StyleCurve } from './style-curve.ts';
import { type Interval, lastWins, levelAt, resolveSpan, resolveTrack, weightAt } from './timeline.ts';
import { VoiceEnergy } from './voice-energy.ts';

/** Frames a second of every video. */
export const FPS = 25;

/** Networks that move with one voice. What is missing does without: lips in the speech model's own style, emotions held. */
export interface DirectedVoice {
  readonly lips?: { readonly stream: LipStream; readonly table: StyleTable } | undefined;
  readonly emotions?: EmotionStream | undefined;
}

/**
 * Turns what is heard into motion frames as the performance directs. Frames are asked for in order; state is what life
 * needs (blinks under way, the head's inertia), so the same frames come from any chunking of the audio.
 */
export class Director {
  readonly #editArticulation: ArticulationEditor;
  readonly #voice: DirectedVoice;
  #performance!: CompiledPerformance;
  #frameIndex = 0;
  #blinks: Blinks;
  #gaze: GazePath;
  #head: HeadMotion;
  readonly #face: FaceLife;
  readonly #idle: IdleMouth;
  readonly #voiceEnergy = new VoiceEnergy();
  #hushed = 0;
  #voiced = 1;
  readonly #prosody = new ProsodyTracker();
  readonly #inside = new MouthInsideTracker();
  readonly #lips = new Float32Array(COEFFICIENT_COUNT);
  readonly #emotion = new Float32Array(COEFFICIENT_COUNT);
  readonly #life = new Float32Array(COEFFICIENT_COUNT);
  #style: StyleCurve | undefined;

  constructor(performance: Performance, editArticulation: ArticulationEditor, voice: DirectedVoice = {}) {
    this.#editArticulation = editArticulation;
    this.#voice = voice;
    const seed = performance.seed ?? 0;
    this.#blinks = new Blinks(seed);
    this.#gaze = new GazePath(seed);
    this.#head = new HeadMotion(seed);
    this.#face = new FaceLife(seed);
    this.#idle = new IdleMouth(seed);
    this.setPerformance(performance);
  }

  /** Directs by another performance from the next frame on; blinks and head motion go on from where they are. */
  setPerformance(performance: Performance): void {
    this.#performance = compile(performance);
    const { lips } = this.#voice;
    this.#style = lips && compileStyle(performance, lips.table);
  }

  /**
   * Lets the lips go to rest within four frames, whatever was heard, and speak again when somebody does after so many.
   * @param frames that were heard before the interruption and are still to come.
   */
  hush(frames: number): void {
    this.#hushed = Math.max(frames, HUSH) + 1;
  }

  /** @returns the motion of the next frame; its arrays are overwritten by the following call. */
  async next(speech: SpeechFrame): Promise<MotionFrame> {
    const frameIndex = this.#frameIndex++;
    const time = frameIndex / FPS;
    const p = this.#performance;
    this.#followHush(speech.silence);
    const voice = this.#prosody.next(speech);
    const energy = lastWins(p.energy, this.#voiceEnergy.next(speech), time);
    this.#directLips(await this.#speak(speech, time), time, energy);
    const moving = await this.#voice.emotions?.next(speech, voice);
    this.#directEmotion(time, moving?.differences);
    const { head, gaze, closure } = p.motion ? this.#borrow(p.motion, frameIndex) : this.#invent(voice, time, energy);
    this.#directLife(voice, time, closure, energy);
    return {
      lips: this.#lips,
      emotion: this.#emotion,
      life: this.#life,
      head,
      gaze,
      inside: this.#inside.next(speech),
    };
  }

  /** After an interruption lips stay at rest until somebody is heard again. */
  #followHush(silence: number): void {
    if (this.#hushed > 1 || silence < 0.5) this.#hushed = Math.max(0, this.#hushed - 1);
    this.#voiced = clampUnit(this.#voiced + (this.#hushed > 0 ? -1 : 1) / HUSH);
  }

  /** Head, gaze and lids from seed and voice. */
  #invent(voice: Prosody, time: number, energy: number): Life {
    const p = this.#performance;
    const amount = lastWins(p.headMotion, 1, time) * Math.min(HEAD_MOST, energy ** HEAD_POWER);
    const head = this.#head.next(time, voice.speech, voice.stress, amount, 1 / FPS);
    const glance = this.#gaze.at(time);
    const gazeSize = lastWins(p.gaze, 1, time);
    return {
      head,
      closure: this.#blinks.closureAt(time, lastWins(p.blink, 1, time)),
      // The eyes stay on the viewer while the head turns (vestibulo-ocular reflex).
      gaze: { yaw: gazeSize * (glance.yaw - head.yaw), pitch: gazeSize * (glance.pitch - head.pitch) },
    };
  }

  /** The same from a reference, each as large as its control says; more than 1 does not blink more. */
  #borrow(motion: ReferenceMotion, frameIndex: number): Life {
    const p = this.#performance;
    const time = frameIndex / FPS;
    const { head, blink, gaze } = referenceMotionAt(motion, frameIndex);
    const turn = lastWins(p.headMotion, 1, time);
    const look = lastWins(p.gaze, 1, time);
    return {
      head: { pitch: turn * head.pitch, yaw: turn * head.yaw, roll: turn * head.roll, shift: NO_SHIFT },
      closure: blink * Math.min(1, lastWins(p.blink, 1, time)),
      gaze: { yaw: look * gaze.yaw, pitch: look * gaze.pitch },
    };
  }

  /** D_l `[C]` in the style of this time. */
  async #speak(speech: SpeechFrame, time: number): Promise<Float32Array> {
    const { lips } = this.#voice;
    return lips === undefined || this.#style === undefined
      ? speech.lips
      : lips.stream.next(speech, this.#style.at(time));
  }

  #directLips(predicted: Float32Array, time: number, energy: number): void {
    const p = this.#performance;
    this.#lips.set(predicted);
    const scales = { opening: 1, pursing: 1, widening: 1 };
    for (const movement of ARTICULATIONS) scales[movement] = lastWins(p.articulation[movement], 1, time);
    const further = p.further.map(({ vector, clips }) => ({ vector, scale: lastWins(clips, 1, time) }));
    this.#editArticulation(this.#lips, scales, further);
    const scale = lastWins(p.lipScale, 1, time) * energy * smoothstep(this.#voiced);
    for (let i = 0; i < COEFFICIENT_COUNT; i++) this.#lips[i]! *= scale;
  }

  #directEmotion(time: number, vectors: Float32Array | undefined): void {
    const sums = new Map<string, EmotionTarget>();
    for (const { interval, emotion, region, intensity } of this.#performance.emotion) {
      const strength = weightAt(interval, time) * levelAt(intensity, time);
      if (strength <= 0) continue;
      const key = `${emotion}:${region}`;
      const before = sums.get(key)?.intensity ?? 0;
      sums.set(key, { emotion, region, intensity: Math.min(1, before + strength) });
    }
    emotionOffset([...sums.values()], this.#emotion, vectors);
  }

  #directLife(voice: Prosody, time: number, closure: number, energy: number): void {
    const p = this.#performance;
    this.#life.fill(0);
    this.#life[COEFFICIENT_INDEX.eyeBlinkLeft] = closure;
    this.#life[COEFFICIENT_INDEX.eyeBlinkRight] = closure;
    this.#face.add(voice, time, lastWins(p.brow, 1, time) * energy, this.#life);
    this.#idle.add(voice.speech, time, lastWins(p.idle, 1, time), 1 / FPS, this.#life);
  }
}

/** What moves without a word being said. */
interface Life {
  readonly head: HeadMove;
  readonly gaze: Gaze;
  /** Of the lids, 0–1. */
  readonly closure: number;
}

/** Frames in which lips go to rest, or come back, when the sound is interrupted. */
const HUSH = 4;
/** Heads move more with the voice's energy than lips do. */
const HEAD_POWER = 1.5;
const HEAD_MOST = 2;
const NO_SHIFT = [0, 0, 0] as const;

type CompiledPerformance = ReturnType<typeof compile>;

/** Resolves words to seconds and names to values, once. */
function compile(performance: Performance) {
  const interval = (span: Parameters<typeof resolveSpan>[0]): Interval => resolveSpan(span, performance);
  const movement = (name: string) =>
    (performance.articulation ?? [])
      .filter((edit) => edit.movement === name)
      .map((edit) => ({ interval: interval(edit), value: edit.scale }));
  return {
    lipScale: resolveTrack(performance.lipScale, performance),
    articulation: { opening: movement('opening'), pursing: movement('pursing'), widening: movement('widening') },
    further: (performance.articulations ?? []).map(({ name, vector }) => ({
      vector: vectorOf(vector),
      clips: movement(name),
    })),
    emotion: (performance.emotion ?? []).map((clip) => ({
      interval: interval(clip),
      emotion: clip.emotion as Emotion,
      region: (clip.region ?? 'all') as RegionSide,
      intensity: clip.intensity,
    })),
    motion: performance.motion,
    headMotion: resolveTrack(performance.headMotion, performance),
    blink: resolveTrack(performance.blink, performance),
    gaze: resolveTrack(performance.gaze, performance),
    brow: resolveTrack(performance.brow, performance),
    energy: resolveTrack(performance.energy, performance),
    idle: resolveTrack(performance.idle, performance),
  };
}
