/**
 * The audio encoder of Wav2Lip's generator: 0.2 s of mel spectrogram to one vector, by 13 convolutions.
 * Parameter names are those of the released files.
 */
import { add, batchNorm, conv2d, type ParameterScope, type PerAxis, relu, reshape, type Value } from '@pctalk/graph';

/** One block: convolution, batch normalisation, the input added if `residual`, ReLU. */
interface Block {
  /** Output channels, as a multiple of the first block's. */
  readonly growth: number;
  readonly stride?: PerAxis;
  readonly residual?: boolean;
  readonly kernel?: number;
  readonly padding?: number;
}

// 80 × 16 → 27 × 16 → 9 × 6 → 3 × 3 → 1 × 1
const BLOCKS: readonly Block[] = [
  { growth: 1 },
  { growth: 1, residual: true },
  { growth: 1, residual: true },
  { growth: 2, stride: [3, 1] },
  { growth: 2, residual: true },
  { growth: 2, residual: true },
  { growth: 4, stride: 3 },
  { growth: 4, residual: true },
  { growth: 4, residual: true },
  { growth: 8, stride: [3, 2] },
  { growth: 8, residual: true },
  { growth: 16, padding: 0 },
  { growth: 16, kernel: 1, padding: 0 },
];

/** Mel bands and mel frames of one window. */
export const AUDIO_WINDOW = Object.freeze({ bands: 80, frames: 16 });

export interface AudioEncoderOptions {
  /** Channels of the first block; the result has 16 times as many. */
  readonly channels: number;
  /** Normalises [B, C, H, W]; training may take the moments of the batch. */
  readonly normalise: (x: Value, scope: ParameterScope) => Value;
}

export const AUDIO_ENCODER_DEFAULTS: AudioEncoderOptions = Object.freeze({
  channels: 32,
  normalise: (x: Value, scope: ParameterScope) => batchNorm(x, scope),
});

/** Windows [B, 1, 80, 16], −4…4, to features [B, 16 · channels], ≥ 0, not normalised in length. */
export function encodeAudio(mel: Value, scope: ParameterScope, options: Partial<AudioEncoderOptions> = {}): Value {
  const { channels, normalise } = { ...AUDIO_ENCODER_DEFAULTS, ...options };
  let x = mel;
  BLOCKS.forEach(({ growth, stride = 1, residual = false, kernel = 3, padding = 1 }, i) => {
    const block = scope.scope(`audio_encoder.${i}.conv_block`);
    const y = normalise(conv2d(x, growth * channels, kernel, block.scope(0), { stride, padding }), block.scope(1));
    x = relu(residual ? add(y, x) : y);
  });
  return reshape(x, [mel.shape[0] ?? 0, -1]);
}
