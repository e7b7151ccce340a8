import { PcTalkError } from '@pctalk/core';

/** Sample rate of everything that listens to speech, hertz. */
export const SPEECH_RATE = 16_000;
/** Sample rate of the sound that goes into a video or a loudspeaker, hertz. */
export const SOUND_RATE = 48_000;

/** Sound as it is played and encoded. */
export interface Sound {
  /** Hertz. */
  readonly sampleRate: number;
  /** One array `[N]` a channel, nominally in [-1, 1]. */
  readonly channels: readonly Float32Array[];
}

/** A sound file as the two things it is needed for. */
export interface DecodedAudio {
  /** What the face listens to: mono at 16 kHz `[N]`, the mean of the channels. */
  readonly speech: Float32Array;
  /** What people hear: at 48 kHz, one or two channels. */
  readonly sound: Sound;
}

/**
 * Decodes a sound file with the browser's own decoders. Speech is decoded straight to 16 kHz, so that a file of that
 * rate keeps its samples. Needs a page: workers have no decodeAudioData.
 * @param file bytes of a wav, mp3, m4a, flac or ogg file; copied
 * @throws audio-unreadable, audio-empty
 */
export async function decodeAudio(file: ArrayBuffer | Uint8Array): Promise<DecodedAudio> {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  if (bytes.length === 0) {
    throw new PcTalkError('audio-empty', 'audio: expected speech, got an empty file; record it again');
  }
  const [speech, sound] = await Promise.all([decodeAt(bytes, SPEECH_RATE), decodeAt(bytes, SOUND_RATE)]);
  return {
    speech: checkFinite(meanOfChannels(channelsOf(speech))),
    sound: { sampleRate: SOUND_RATE, channels: channelsOf(sound).slice(0, 2) },
  };
}

async function decodeAt(bytes: Uint8Array, sampleRate: number): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, sampleRate);
  let buffer: AudioBuffer;
  try {
    buffer = await context.decodeAudioData(bytes.slice().buffer);
  } catch (cause) {
    throw new PcTalkError(
      'audio-unreadable',
      'audio: expected speech as wav, mp3, m4a, flac or ogg, got a file that this browser cannot read; convert it or export it again',
      { cause },
    );
  }
  if (buffer.length === 0) {
    throw new PcTalkError('audio-empty', 'audio: expected speech, got a sound file without samples; record it again');
  }
  return buffer;
}

function channelsOf(buffer: AudioBuffer): Float32Array[] {
  return Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
}

function meanOfChannels(channels: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(channels[0]!.length);
  for (const channel of channels) {
    for (let n = 0; n < mean.length; n++) mean[n]! += channel[n]! / channels.length;
  }
  return mean;
}

function checkFinite(samples: Float32Array): Float32Array {
  const bad = samples.findIndex((sample) => !Number.isFinite(sample));
  if (bad < 0) return samples;
  throw new PcTalkError(
    'audio-unreadable',
    `audio: expected finite samples, got ${samples[bad]} at ${(bad / SPEECH_RATE).toFixed(3)} s; export it again as 16-bit`,
  );
}
