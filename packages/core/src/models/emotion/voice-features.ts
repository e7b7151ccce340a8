import { PHONE_CLASSES } from '../speech/phone-classes.ts';
import { foldChannels, SPEECH_CHANNELS } from '../speech/speech-channels.ts';
import type { SpeechFrame } from '../speech/speech-driver.ts';

/** What the voice does besides the words, as `ProsodyTracker` rates it; 0–1. */
export interface Voice {
  readonly speech: number;
  readonly stress: number;
}

/** Length of the features of one frame: posteriors of phones, lips of speech, voicing, speech, stress. */
export const VOICE_FEATURES = PHONE_CLASSES.length + SPEECH_CHANNELS.length + 3;

/** a: what the emotion network hears of one frame. @param out `[VOICE_FEATURES]`, overwritten. */
export function writeVoiceFeatures(frame: SpeechFrame, voice: Voice, out: Float32Array): void {
  out.set(frame.phones);
  foldChannels(frame.lips, out.subarray(PHONE_CLASSES.length, PHONE_CLASSES.length + SPEECH_CHANNELS.length));
  out[VOICE_FEATURES - 3] = frame.voicing;
  out[VOICE_FEATURES - 2] = voice.speech;
  out[VOICE_FEATURES - 1] = voice.stress;
}
