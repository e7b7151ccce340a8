/**
 * The audio encoder of Wav2Lip's generator: 0.2 s of mel spectrogram to one vector, by 13 convolutions.
 * Parameter names are those of the released files.
 */
import {
  add,
  batchNorm,
  type ConvolutionOptions,
  conv2d,
  type ParameterScope,
  type PerAxis,
  relu,
  reshape,
  type Value,
} from '@pctalk/graph';

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

/** Convolution and normalisation of x [B, C, H, W], with the parameters `0` and `1` of `scope`. */
export type NormalisedConv = (
  x: Value,
  out: number,
  kernel: number,
  scope: ParameterScope,
  options: ConvolutionOptions,
) => Value;

/** Sizes of the audio encoder, and how its layers are normalised. */
export interface AudioFeaturesOptions {
  /** Channels of the first block; the result has 16 times as many. */
  readonly channels: number;
  /** By running moments unless given; training may take the moments of the batch, released weights may be folded. */
  readonly layer: NormalisedConv;
}

/** The sizes PC-Talk released, moments as they ran. */
export const AUDIO_FEATURES_DEFAULTS: AudioFeaturesOptions = Object.freeze({
  channels: 32,
  layer: (...[x, out, kernel, scope, options]: Parameters<NormalisedConv>) =>
    batchNorm(conv2d(x, out, kernel, scope.scope(0), options), scope.scope(1)),
});

/** Mel windows [B, 1, 80, 16], −4…4, to features [B, 16 · channels], ≥ 0, not normalised in length. */
export function audioFeatures(mel: Value, scope: ParameterScope, options: Partial<AudioFeaturesOptions> = {}): Value {
  const { channels, layer } = { ...AUDIO_FEATURES_DEFAULTS, ...options };
  let x = mel;
  BLOCKS.forEach(({ growth, stride = 1, residual = false, kernel = 3, padding = 1 }, i) => {
    const own = scope.scope(`audio_encoder.${i}.conv_block`);
    const y = layer(x, growth * channels, kernel, own, { stride, padding });
    x = relu(residual ? add(y, x) : y);
  });
  return reshape(x, [mel.shape[0] ?? 0, -1]);
}
