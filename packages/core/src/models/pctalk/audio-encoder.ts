/** The audio encoder: 0.2 s of mel spectrogram to a feature, the tower of Wav2Lip's generator. */
import { input } from '@pctalk/graph';
import { melSpectrogram } from '../../audio/mel.ts';
import type { TensorSession } from '../../tensor-runtime.ts';
import { audioFeatures, type NormalisedConv } from '../lac/audio-encoder.ts';
import type { ReleasedNetwork } from '../released/build-network.ts';
import { convBatchNorm } from '../released/folded-layers.ts';
import { ReleasedScope } from '../released/released-scope.ts';

/** Width of the audio feature. */
export const AUDIO_FEATURE_SIZE = 512;

/** Mel bands and columns of one window. */
export const AUDIO_WINDOW = Object.freeze({ bands: 80, columns: 16 });

const COLUMNS_PER_SECOND = 80;
const FPS = 25;

/**
 * `mel` [B, 1, 80, 16] to `feature` [B, 512].
 *
 * @source Rudrabha/Wav2Lip models/wav2lip.py (audio_encoder); PC-Talk release, `models/audio_visual_encoder.py`
 */
export function audioEncoder(batch: number): ReleasedNetwork {
  const scope = new ReleasedScope();
  const mel = input('mel', [batch, 1, AUDIO_WINDOW.bands, AUDIO_WINDOW.columns]);
  const feature = audioFeatures(mel, scope, { layer: folded });
  return { name: 'pctalk_audio', outputs: { feature }, scope };
}

const folded: NormalisedConv = (x, out, kernel, scope, options) =>
  convBatchNorm(x, out, [kernel, kernel], scope as ReleasedScope, options, { conv: '0', norm: '1' });

/** Video frames the release makes of M mel columns: those whose whole window lies in the clip, at least one. */
export function audioFrameCount(columns: number): number {
  const usable = Math.max(1, columns - AUDIO_WINDOW.columns);
  return Math.max(1, Math.floor((usable / COLUMNS_PER_SECOND) * FPS));
}

/** First mel column of the window of video frame `frame`: it starts with the frame and looks 200 ms ahead. */
export function audioWindowStart(frame: number): number {
  return Math.floor((COLUMNS_PER_SECOND * frame) / FPS);
}

/**
 * Mel windows [1, 80, 16] (bands by columns) of the frames; columns past the end repeat the last one.
 * @param columns mel columns `[80]`, as `melSpectrogram` gives them.
 */
export function audioWindows(columns: readonly Float32Array[], frames: number): Float32Array[] {
  const { bands, columns: width } = AUDIO_WINDOW;
  return Array.from({ length: frames }, (_, frame) => {
    const window = new Float32Array(bands * width);
    for (let c = 0; c < width; c++) {
      const column = columns[Math.min(audioWindowStart(frame) + c, columns.length - 1)]!;
      for (let band = 0; band < bands; band++) window[band * width + c] = column[band]!;
    }
    return window;
  });
}

/** Runs the encoder over mel windows in batches of the size it was built for. @returns features `[512]`, one a window. */
export async function encodeAudioWindows(
  windows: readonly Float32Array[],
  session: TensorSession,
  batch: number,
): Promise<Float32Array[]> {
  const { bands, columns } = AUDIO_WINDOW;
  const features: Float32Array[] = [];
  for (let start = 0; start < windows.length; start += batch) {
    const part = windows.slice(start, start + batch);
    const data = new Float32Array(batch * bands * columns);
    part.forEach((window, i) => {
      data.set(window, i * bands * columns);
    });
    const { feature } = await session.run({ mel: { dims: [batch, 1, bands, columns], data } });
    const all = feature!.data as Float32Array;
    part.forEach((_, i) => {
      features.push(all.slice(i * AUDIO_FEATURE_SIZE, (i + 1) * AUDIO_FEATURE_SIZE));
    });
  }
  return features;
}

/** Mel windows of a waveform at 16 kHz: as many as the release makes, or `frames`. */
export function waveformWindows(waveform: Float32Array, frames?: number): Float32Array[] {
  const columns = melSpectrogram(waveform);
  return audioWindows(columns, frames ?? audioFrameCount(columns.length));
}
