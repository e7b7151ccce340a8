/** What microphones, rooms and lines do to a voice, at random: level, tone, room, telephone, noise. */
import type { Random } from './sentences.ts';

/** Another sound to mix in, of at least the given length. */
export type Babble = (length: number) => Float32Array;

/** How likely and how strong each disturbance of a sound is. */
export interface AugmentOptions {
  /** Chance of background noise, and its range of signal to noise ratios, dB. */
  readonly noiseChance: number;
  readonly snrDb: readonly [number, number];
  /** Range of speech levels, dB re full scale. */
  readonly levelDb: readonly [number, number];
  readonly roomChance: number;
  readonly toneChance: number;
  readonly lineChance: number;
}

/** The disturbances of the shipped speech model. */
export const AUGMENT_DEFAULTS: AugmentOptions = Object.freeze<AugmentOptions>({
  noiseChance: 0.4,
  snrDb: [0, 35],
  levelDb: [-50, -10],
  roomChance: 0.25,
  toneChance: 0.5,
  lineChance: 0.1,
});

/** Changes `samples` in place. */
export function augment(
  samples: Float32Array,
  random: Random,
  babble: Babble,
  options: AugmentOptions = AUGMENT_DEFAULTS,
): void {
  if (random() < options.roomChance) addRoom(samples, random);
  if (random() < options.toneChance) tilt(samples, random() * 1.2 - 0.6);
  const [low, high] = options.levelDb;
  scaleTo(samples, 10 ** ((low + (high - low) * random()) / 20));
  if (random() < options.noiseChance) {
    const [worst, best] = options.snrDb;
    addNoise(samples, makeNoise(samples.length, random, babble), worst + (best - worst) * random());
  } else {
    for (let n = 0; n < samples.length; n++) samples[n] = (samples[n] as number) + 1e-4 * (random() - 0.5);
  }
  if (random() < options.lineChance) telephone(samples, random);
}

/** A background: white to brown noise, a crowd, something like plucked or bowed music, hum, knocks. */
export function makeNoise(length: number, random: Random, babble: Babble): Float32Array {
  const kind = random();
  if (kind < 0.4) return colouredNoise(length, random);
  if (kind < 0.65) return crowd(length, random, babble);
  if (kind < 0.8) return music(length, random);
  if (kind < 0.92) return drawnTones(length, random);
  return knocks(length, random);
}

/** Noise whose spectrum falls by 0 to 6 dB an octave, with a level that may swell and fade. */
export function colouredNoise(length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  const colour = random() ** 0.5 * 0.98;
  const swell = random() < 0.4 ? 0.2 + 4 * random() : 0;
  let state = 0;
  for (let n = 0; n < length; n++) {
    state = colour * state + (random() - 0.5);
    out[n] = state * (swell === 0 ? 1 : 0.6 + 0.4 * Math.sin((2 * Math.PI * swell * n) / 16000));
  }
  return out;
}

function crowd(length: number, random: Random, babble: Babble): Float32Array {
  const out = new Float32Array(length);
  const voices = 4 + Math.floor(random() * 6);
  for (let i = 0; i < voices; i++) {
    const other = babble(length);
    for (let n = 0; n < length; n++) out[n] = (out[n] as number) + (other[n] as number);
  }
  return out;
}

/** Notes of a scale with harmonics and decay over a beat. */
export function music(length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  const beat = Math.floor(16000 * (0.15 + 0.4 * random()));
  const root = 80 * 2 ** (2 * random());
  for (let start = 0; start < length; start += beat) {
    const notes = 1 + Math.floor(random() * 3);
    for (let i = 0; i < notes; i++) {
      const pitch = root * 2 ** (([0, 2, 4, 5, 7, 9, 11, 12][Math.floor(random() * 8)] as number) / 12);
      const harmonics = 1 + Math.floor(random() * 6);
      const decay = 1 + 6 * random();
      const end = Math.min(length, start + 2 * beat);
      for (let n = start; n < end; n++) {
        const t = (n - start) / 16000;
        let x = 0;
        for (let h = 1; h <= harmonics; h++) x += Math.sin(2 * Math.PI * pitch * h * t) / h;
        out[n] = (out[n] as number) + x * Math.exp(-decay * t) * Math.min(1, t * 100);
      }
    }
  }
  return out;
}

/** Held tones with many harmonics that begin softly, glide and tremble, as of strings, pipes or the mains. */
export function drawnTones(length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  const voices = 1 + Math.floor(random() * 3);
  for (let voice = 0; voice < voices; voice++) {
    const hum = random() < 0.3;
    const harmonics = 2 + Math.floor(random() * 14);
    const fall = 0.5 + 1.2 * random();
    const [depth, rate] = hum ? [0, 1] : [0.012 * random(), 3 + 4 * random()];
    let [pitch, phase, next] = [0, 0, 0];
    for (let n = 0, start = 0; n < length; n++) {
      if (n === next) {
        pitch = hum ? (random() < 0.5 ? 50 : 60) : 90 * 2 ** (3 * random());
        start = n;
        next = hum ? length : n + Math.floor(16000 * (0.2 + 1.5 * random()));
      }
      const t = (n - start) / 16000;
      phase += (2 * Math.PI * pitch * (1 + depth * Math.sin(2 * Math.PI * rate * t))) / 16000;
      const swell = Math.min(1, t * 12) * Math.min(1, (next - n) / 800);
      let x = 0;
      for (let h = 1; h <= harmonics && h * pitch < 7800; h++) x += Math.sin(h * phase) / h ** fall;
      out[n] = (out[n] as number) + swell * x;
    }
  }
  return out;
}

/** Short knocks and clicks, each of its own tone, at random times. */
export function knocks(length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  for (let start = 0; start < length; start += Math.floor(16000 * (0.05 + 0.6 * random()))) {
    const pitch = 200 * 2 ** (4 * random());
    const decay = 30 + 400 * random();
    const noise = random();
    for (let n = start; n < Math.min(length, start + 3200); n++) {
      const t = (n - start) / 16000;
      const x = (1 - noise) * Math.sin(2 * Math.PI * pitch * t) + noise * (2 * random() - 1);
      out[n] = (out[n] as number) + x * Math.exp(-decay * t);
    }
  }
  return out;
}

function addNoise(samples: Float32Array, noise: Float32Array, snrDb: number): void {
  const gain = (level(samples) / Math.max(1e-9, level(noise))) * 10 ** (-snrDb / 20);
  for (let n = 0; n < samples.length; n++) samples[n] = (samples[n] as number) + gain * (noise[n] as number);
}

/** A sparse echo tail: taps at random times under an exponential decay. */
function addRoom(samples: Float32Array, random: Random): void {
  const decay = 0.02 + 0.08 * random();
  const wet = 0.15 + 0.5 * random();
  const dry = samples.slice();
  for (let tap = 0; tap < 12; tap++) {
    const delay = Math.floor(16000 * (0.002 + 0.2 * random() ** 2));
    const gain = (random() < 0.5 ? -wet : wet) * Math.exp(-delay / 16000 / decay) * 0.7;
    for (let n = delay; n < samples.length; n++) {
      samples[n] = (samples[n] as number) + gain * (dry[n - delay] as number);
    }
  }
}

/** First-order tilt of the spectrum: darker for positive, brighter for negative. */
function tilt(samples: Float32Array, amount: number): void {
  let last = 0;
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n] as number;
    samples[n] = x + amount * last;
    last = x;
  }
}

/** A narrow band and eight logarithmic bits. */
function telephone(samples: Float32Array, random: Random): void {
  const cut = 1 - Math.exp((-2 * Math.PI * (2500 + 3500 * random())) / 16000);
  const floor = 1 - Math.exp((-2 * Math.PI * (60 + 240 * random())) / 16000);
  const stages = [0, 0, 0];
  let slow = 0;
  for (let n = 0; n < samples.length; n++) {
    let x = samples[n] as number;
    for (let s = 0; s < stages.length; s++) x = stages[s] = (stages[s] as number) + cut * (x - (stages[s] as number));
    slow += floor * (x - slow);
    x -= slow;
    const size = Math.log1p(255 * Math.min(1, Math.abs(x))) / Math.log(256);
    samples[n] = (Math.sign(x) * (256 ** (Math.round(size * 127) / 127) - 1)) / 255;
  }
}

/** Sets the level of the loud parts and keeps the wave inside −1 … 1. */
function scaleTo(samples: Float32Array, target: number): void {
  const gain = target / Math.max(1e-6, level(samples));
  for (let n = 0; n < samples.length; n++) {
    samples[n] = Math.min(1, Math.max(-1, (samples[n] as number) * gain));
  }
}

function level(samples: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < samples.length; n++) sum += (samples[n] as number) ** 2;
  return Math.sqrt(sum / samples.length);
}
