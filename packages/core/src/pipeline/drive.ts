import type { SpeechFrame, SpeechStream } from '../models/speech/speech-driver.ts';
import type { DrivenFrame, MotionFrame, MotionSpace, SourceTick } from '../motion/motion-space.ts';
import type { Director } from './director.ts';

/** What the loop runs on. */
export interface DriveParts {
  readonly stream: SpeechStream;
  readonly director: Director;
  readonly space: MotionSpace;
  /** The source at a frame: always the same for a still. */
  readonly sourceAt: (frameIndex: number) => SourceTick;
  /** Called before each frame is directed. */
  readonly beforeFrame?: ((frameIndex: number) => void) | undefined;
}

/** One frame of a driven performance; `motion` and `driven` are overwritten by the next. */
export interface PerformedFrame {
  readonly frameIndex: number;
  readonly source: SourceTick;
  /** D_l, D_e and D_u, whose sum `driven` is. */
  readonly motion: MotionFrame;
  readonly driven: DrivenFrame;
  readonly speech: SpeechFrame;
}

/**
 * The one loop: sound in, driven keypoints out, causal with the speech model's lag. A file is a live stream whose sound
 * comes all at once; any chunking gives the same frames, ceil(duration · 25) of them.
 * @param audio 16 kHz mono, in pieces of any size.
 */
export async function* drive(
  audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  parts: DriveParts,
): AsyncGenerator<PerformedFrame> {
  let frameIndex = 0;
  for await (const frames of speechFrames(audio, parts.stream)) {
    for (const speech of frames) {
      parts.beforeFrame?.(frameIndex);
      const source = parts.sourceAt(frameIndex);
      const motion = await parts.director.next(speech);
      const driven = parts.space.compose(source, motion);
      yield { frameIndex: frameIndex++, source, motion, driven, speech };
    }
  }
}

async function* speechFrames(
  audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  stream: SpeechStream,
): AsyncGenerator<SpeechFrame[]> {
  for await (const samples of audio) yield await stream.push(samples);
  yield await stream.end();
}
