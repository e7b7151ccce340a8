import {
  CONTROLS,
  createSpeechDriver,
  type EmotionFit,
  FPS,
  fitCurve,
  type SpeechDriver,
  type TensorRuntime,
  type Track,
  VoiceEnergy,
} from '@pctalk/core';
import { decodeLimited } from './decode-limited.ts';

/** How a voice's energy is read and laid on the speech. */
export interface ReadVoiceEnergyOptions {
  /** Of the speech, seconds. */
  readonly duration: number;
  /** How a sound of another length is laid on the speech. */
  readonly fit: EmotionFit;
  /** A calm recording of the same speaker, whose movement is taken for usual. Default: a usual voice's. */
  readonly neutral?: string | undefined;
  readonly runtime: TensorRuntime;
  /** Bytes of the speech model. */
  readonly speech: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads how large a voice makes movement (`VoiceEnergy`) as the track `energy` of a performance, within the control's
 * recommended range: articulation, head and brows then follow this sound instead of the speech.
 * @throws `audio-unreadable`, `value-out-of-range` (too long)
 */
export async function readVoiceEnergy(path: string, options: ReadVoiceEnergyOptions): Promise<Track> {
  const { duration, fit, neutral, runtime, speech, signal } = options;
  const driver = await createSpeechDriver(runtime, speech);
  try {
    const usual = neutral === undefined ? 1 : geometricMean(await energies(neutral, driver, signal));
    const [least, most] = CONTROLS.energy.recommended;
    const sizes = (await energies(path, driver, signal)).map((size) => Math.min(most, Math.max(least, size / usual)));
    return [{ value: fitCurve(sizes, FPS, fit, duration) }];
  } finally {
    await driver.dispose();
  }
}

/** Size of movement of each frame. */
async function energies(path: string, driver: SpeechDriver, signal: AbortSignal | undefined): Promise<number[]> {
  const stream = driver.createStream();
  const energy = new VoiceEnergy();
  const sizes: number[] = [];
  for await (const samples of decodeLimited(path, signal)) {
    for (const frame of await stream.push(samples)) sizes.push(energy.next(frame));
  }
  for (const frame of await stream.end()) sizes.push(energy.next(frame));
  return sizes;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / Math.max(1, values.length));
}
