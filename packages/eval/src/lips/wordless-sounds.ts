import { normalAt, uniformAt } from '@pctalk/core';

/** A sound in which nobody speaks: silence first, so that its onset is heard. */
export interface WordlessSound {
  readonly name: string;
  /** 16 kHz mono. */
  readonly samples: Float32Array;
}

/** Seconds of silence before each sound, and of the sound. */
export const WORDLESS_SECONDS = Object.freeze({ before: 1, sound: 3 });

const RATE = 16000;
const LENGTH = WORDLESS_SECONDS.sound * RATE;
const SEED = 11;
const LEVELS = [-60, -45, -30, -20, -10] as const;

/** Noise of three colours at several levels (root mean square, dB re full scale), hum, taps, breath and music; always the same. */
export function wordlessSounds(): WordlessSound[] {
  const sounds: WordlessSound[] = [{ name: 'digital silence', samples: afterSilence(new Float32Array(LENGTH)) }];
  const add = (name: string, made: Float32Array, db: number) => {
    sounds.push({ name: `${name}, ${db} dB`, samples: afterSilence(atLevel(made, db)) });
  };
  for (const db of LEVELS) add('white noise', noise(0), db);
  for (const db of LEVELS) add('pink noise', noise(1), db);
  for (const db of LEVELS) add('brown noise', noise(2), db);
  for (const db of [-45, -30]) add('mains hum', hum(), db);
  for (const db of [-40, -30]) add('taps on a desk', taps(), db);
  for (const db of [-45, -35, -25]) add('breath', breath(), db);
  for (const db of [-40, -30, -20]) add('plucked chords', chords(), db);
  for (const db of [-40, -30, -20]) add('bowed melody', melody(), db);
  return sounds;
}

/** Voices one over the other: what is said cannot be followed. @param voices five or more, 16 kHz. */
export function crowdOf(voices: readonly Float32Array[], db: number): WordlessSound {
  const sum = new Float32Array(LENGTH);
  voices.forEach((voice, i) => {
    const level = Math.sqrt(power(voice)) + 1e-9;
    const from = Math.floor(voice.length * uniformAt(SEED, 90, i));
    for (let n = 0; n < LENGTH; n++) sum[n]! += voice[(from + n) % voice.length]! / level;
  });
  return { name: `crowd of ${voices.length}, ${db} dB`, samples: afterSilence(atLevel(sum, db)) };
}

/** @param sound 16 kHz mono. */
export function afterSilence(sound: Float32Array): Float32Array {
  const out = new Float32Array(WORDLESS_SECONDS.before * RATE + sound.length);
  out.set(sound, WORDLESS_SECONDS.before * RATE);
  return out;
}

function atLevel(sound: Float32Array, db: number): Float32Array {
  const gain = 10 ** (db / 20) / Math.max(1e-9, Math.sqrt(power(sound)));
  return sound.map((x) => Math.max(-1, Math.min(1, gain * x)));
}

function power(sound: Float32Array): number {
  return sound.reduce((sum, x) => sum + x * x, 0) / sound.length;
}

/** @param slope how often the spectrum is halved over frequency: 0 white, 1 pink (3 dB an octave), 2 brown (6 dB). */
function noise(slope: 0 | 1 | 2): Float32Array {
  const out = new Float32Array(LENGTH);
  const poles = [0, 0, 0];
  let brown = 0;
  for (let n = 0; n < LENGTH; n++) {
    const white = normalAt(SEED, slope, n);
    brown = 0.995 * brown + white;
    // Kellet's economy filter: three one-pole low-passes sum to 1/f within half a decibel.
    poles[0] = 0.99765 * poles[0]! + 0.099046 * white;
    poles[1] = 0.963 * poles[1]! + 0.2965164 * white;
    poles[2] = 0.57 * poles[2]! + 1.0526913 * white;
    out[n] = slope === 0 ? white : slope === 2 ? brown : poles[0] + poles[1]! + poles[2]! + 0.1848 * white;
  }
  return out;
}

function hum(): Float32Array {
  return tone((n) =>
    [50, 100, 150, 250, 350].reduce((sum, f, i) => sum + Math.sin((2 * Math.PI * f * n) / RATE) / (i + 1), 0),
  );
}

function taps(): Float32Array {
  const out = new Float32Array(LENGTH);
  for (let at = 0, i = 0; at < LENGTH; i++, at += Math.floor(RATE * (0.15 + 0.25 * uniformAt(SEED, 4, i)))) {
    for (let n = at; n < Math.min(LENGTH, at + 800); n++) {
      const decay = Math.exp(-(n - at) / 90);
      out[n]! += decay * (normalAt(SEED, 5, n) + Math.sin((2 * Math.PI * 900 * (n - at)) / RATE));
    }
  }
  return out;
}

/** Three breaths: noise about 1.5 kHz that swells and fades. */
function breath(): Float32Array {
  let [low, slow] = [0, 0];
  return tone((n) => {
    const white = normalAt(SEED, 6, n);
    low += 0.5 * (white - low);
    slow += 0.15 * (low - slow);
    const t = ((n / RATE) % 1) / 0.7;
    return t < 1 ? (low - slow) * Math.sin(Math.PI * t) ** 2 : 0;
  });
}

const CHORDS = [
  [220, 277.2, 329.6],
  [196, 246.9, 293.7],
  [174.6, 220, 261.6],
  [164.8, 207.7, 246.9],
] as const;

function chords(): Float32Array {
  return tone((n) => {
    const beat = Math.floor((n / RATE) * 2);
    const t = n / RATE - beat / 2;
    let sum = 0;
    for (const f of CHORDS[beat % CHORDS.length]!) {
      for (let h = 1; h <= 6; h++) sum += (Math.sin(2 * Math.PI * f * h * t) / h) * Math.exp(-t * (2 + h));
    }
    return sum;
  });
}

function melody(): Float32Array {
  const notes = [293.7, 329.6, 370, 293.7, 440, 392];
  let phase = 0;
  return tone((n) => {
    const time = n / RATE;
    const f = notes[Math.floor(time * 2) % notes.length]! * (1 + 0.006 * Math.sin(2 * Math.PI * 5.5 * time));
    phase += (2 * Math.PI * f) / RATE;
    let sum = 0;
    for (let h = 1; h <= 10; h++) sum += Math.sin(h * phase) / h;
    return sum * (0.7 + 0.3 * Math.sin(Math.PI * ((time * 2) % 1)));
  });
}

function tone(at: (n: number) => number): Float32Array {
  return Float32Array.from({ length: LENGTH }, (_, n) => at(n));
}
