import { EMOTION_SOURCE_LIMITS, PcTalkError } from '@pctalk/core';
import { decodeAudio, SPEECH_RATE } from '../audio-decode.ts';

/** A sound from which emotion is read, in pieces of 16 kHz mono. @throws `audio-unreadable`, `value-out-of-range` (too long) */
export async function* decodeLimited(path: string, signal: AbortSignal | undefined): AsyncGenerator<Float32Array> {
  let samples = 0;
  for await (const chunk of decodeAudio(path, { signal })) {
    samples += chunk.length;
    if (samples > EMOTION_SOURCE_LIMITS.audioSeconds * SPEECH_RATE) {
      throw new PcTalkError(
        'value-out-of-range',
        `${path}: expected at most ${EMOTION_SOURCE_LIMITS.audioSeconds / 60} minutes to read emotion from, got more; cut it`,
      );
    }
    yield chunk;
  }
}
