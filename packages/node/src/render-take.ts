/** From frames, however they are drawn, to a signed video: the part all renderers share. */
import { basename } from 'node:path';
import { checkOutput, OUTPUT_FORMATS, type Performance, VERSION, type WarningReporter } from '@pctalk/core';
import { type AudioInfo, decodeAudio, framesOf, inspectAudio, throwIfCancelled } from './audio-decode.ts';
import { hashFile, recordConsent } from './consent.ts';
import { claimOutput } from './signed-output.ts';
import { loadSigner } from './signing-key.ts';
import type { RenderFileOptions, RenderResult } from './talker.ts';
import type { FrameColour, FrameFormat, SoundMix } from './video-encode.ts';

/** Draws the frames of one take, in order. */
export interface TakeFrames extends AsyncDisposable {
  readonly width: number;
  readonly height: number;
  /** See `VideoEncoderOptions`. */
  readonly sound?: SoundMix | undefined;
  /** Of the result where it is not the speech's own, seconds. */
  readonly duration?: number | undefined;
  /** @default 'rgba' */
  readonly format?: FrameFormat | undefined;
  /** See `VideoEncoderOptions`. */
  readonly colour?: FrameColour | undefined;
  /** Whether frames have an alpha channel that counts. @default false */
  readonly transparent?: boolean | undefined;
  /** SHA-256 of what was read besides source and speech, by role. */
  readonly inputs?: readonly { readonly role: string; readonly sha256: string }[] | undefined;
  /** Pictures in that format; a frame may be overwritten by the next. */
  frames(): AsyncIterable<Uint8ClampedArray | Uint8Array>;
}

/** What the result says besides the frames. */
export interface TakeFacts {
  readonly device: string;
  readonly performance: Performance;
  readonly onWarning: WarningReporter;
}

/** How a renderer makes a take. */
export interface TakeParts<Source> {
  /** Reads the source file, so that it is known to be readable before anything else is asked. */
  readonly read: () => Promise<Source>;
  /** SHA-256 of what `read` has read, hex. @default that of the file */
  readonly hash?: (() => string) | undefined;
  /** Prepares the drawing. @param audio 16 kHz mono, in pieces. @param info the same sound as a whole. */
  readonly open: (source: Source, audio: AsyncIterable<Float32Array>, info: AudioInfo) => Promise<TakeFrames>;
}

/** Renders a take to a signed file or folder. Nothing is left behind on error or cancellation. */
export async function renderTake<Source>(
  options: RenderFileOptions,
  facts: TakeFacts,
  parts: TakeParts<Source>,
): Promise<RenderResult> {
  const started = performance.now();
  const { source, audio, signal, maxDuration } = options;
  await using output = await claimOutput(options.output, [source, audio]);
  const [picture, info, signer] = await Promise.all([
    parts.read(),
    inspectAudio(audio, { signal, maxDuration, onWarning: facts.onWarning }),
    loadSigner(facts.onWarning),
  ]);
  const [sourceSha256, audioSha256] = await Promise.all([
    parts.hash?.() ?? hashFile(source, { signal }),
    hashFile(audio, { signal }),
  ]);
  const consent = recordConsent({ sha256: sourceSha256, name: source }, options.consent);
  await using stage = await parts.open(picture, decodeAudio(audio, { signal, maxDuration }), info);
  const { width, height, format, colour, sound, duration, transparent = false } = stage;
  const length = duration ?? info.duration;
  checkOutput(output.kind, { seconds: length, transparent });
  await using result = await output.open({
    ...{ width, height, format, colour, sound, duration, transparent, signer, signal },
    audio: { path: audio, info },
    facts: {
      title: basename(output.path),
      version: VERSION,
      inputs: [
        { role: 'source', sha256: sourceSha256 },
        { role: 'audio', sha256: audioSha256 },
        ...(stage.inputs ?? []),
      ],
      consent,
    },
  });
  const meter = createMeter(length, options.onProgress);
  for await (const frame of stage.frames()) {
    throwIfCancelled(signal);
    await result.write(frame);
    meter.tick(meter.frames + 1);
  }
  await result.finish();
  const { evenSides } = OUTPUT_FORMATS[output.kind];
  return {
    output: output.path,
    kind: output.kind,
    width: evenSides ? width & ~1 : width,
    height: evenSides ? height & ~1 : height,
    frames: meter.frames,
    duration: length,
    device: facts.device,
    consent,
    performance: facts.performance,
    seconds: { firstFrame: (meter.firstFrameAt - started) / 1000, total: (performance.now() - started) / 1000 },
  };
}

/** Counts frames and tells how fast they come. */
function createMeter(duration: number, onProgress: RenderFileOptions['onProgress']) {
  const frames = framesOf(duration);
  const meter = {
    frames: 0,
    firstFrameAt: 0,
    tick(frame: number): void {
      const now = performance.now();
      if (frame === 1) meter.firstFrameAt = now;
      meter.frames = frame;
      const fps = frame === 1 ? 0 : ((frame - 1) * 1000) / (now - meter.firstFrameAt);
      onProgress?.({ frame, frames, fps, etaSeconds: fps === 0 ? Number.NaN : (frames - frame) / fps });
    },
  };
  return meter;
}
