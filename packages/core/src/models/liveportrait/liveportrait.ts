/** LivePortrait with released weights: analyse a portrait once, then draw it under driven keypoints. */
import type { WarningReporter } from '../../errors.ts';
import {
  angleFromBins,
  type ImplicitMotion,
  rotationMatrix,
  transformKeypoints,
} from '../../motion/implicit/transform.ts';
import type { Tensor, TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import type { ReleasedNetwork, StateDict } from '../released/build-network.ts';
import { type GraphCache, obtainNetwork, type WeightSource } from '../released/graph-cache.ts';
import { appearanceExtractor } from './appearance-extractor.ts';
import { PORTRAIT_INPUT_SIZE } from './crop.ts';
import { type FinishOptions, finishKeypoints } from './finish-keypoints.ts';
import { generator } from './generator.ts';
import { motionExtractor } from './motion-extractor.ts';
import { type StitchingNetwork, stitchingNetwork } from './stitching.ts';
import type { WarpingForm } from './volumes.ts';
import { warping } from './warping.ts';

/** The networks of LivePortrait: F, M, W, G and the three perceptrons. */
export type PortraitNetwork = 'appearance' | 'motion' | 'warping' | 'generator' | StitchingNetwork;

/** Weights of each network, as the readers of `checkpoints.ts` find them. */
export type LivePortraitWeights = Readonly<Record<PortraitNetwork, StateDict | WeightSource>>;

/** Networks that may run in half precision. */
const HALF_NETWORKS: readonly PortraitNetwork[] = ['appearance', 'warping', 'generator'];

/** How the networks are built. */
export interface LoadLivePortraitOptions {
  /** Which operations W may use; `2d` for WebGPU. */
  readonly form: WarpingForm;
  /** Of F, W and G; M, which gives coordinates, and the perceptrons stay float32. Default: `float32`. */
  readonly precision?: 'float32' | 'float16';
  readonly warn?: WarningReporter;
  /** Where built graphs are kept; for weights that have a hash. Default: nowhere. */
  readonly cache?: GraphCache;
}

/** What M sees in a face. */
export interface PortraitMotion {
  /** K_c `[21 × 3]`. */
  readonly canonical: Float32Array;
  readonly motion: ImplicitMotion;
}

/** A portrait ready to be drawn: all that depends on the source alone. */
export interface Portrait extends PortraitMotion {
  /** x_s `[21 × 3]`. */
  readonly keypoints: Float32Array;
  /** The appearance volume [1, 32, 16, 64, 64]. */
  readonly appearance: Tensor;
}

/** Side of a drawn frame, pixels. */
export const PORTRAIT_FRAME_SIZE = 512;

/** The networks, loaded. Who loads them disposes them. */
export class LivePortrait {
  readonly #sessions: Readonly<Record<PortraitNetwork, TensorSession>>;

  private constructor(sessions: Readonly<Record<PortraitNetwork, TensorSession>>) {
    this.#sessions = sessions;
  }

  /** Builds and loads one network after the other. @throws `model-invalid` if a file does not fit its network. */
  static async load(
    weights: LivePortraitWeights,
    runtime: TensorRuntime,
    options: LoadLivePortraitOptions,
  ): Promise<LivePortrait> {
    const describe: Readonly<Record<PortraitNetwork, () => ReleasedNetwork>> = {
      appearance: appearanceExtractor,
      motion: motionExtractor,
      warping: () => warping(options.form),
      generator,
      stitching: () => stitchingNetwork('stitching'),
      lips: () => stitchingNetwork('lips'),
      eyes: () => stitchingNetwork('eyes'),
    };
    const { warn, cache } = options;
    const common = { ...(warn !== undefined && { warn }), ...(cache !== undefined && { cache }) };
    const drawn = options.precision === undefined ? {} : { precision: options.precision };
    const sessions: Partial<Record<PortraitNetwork, TensorSession>> = {};
    for (const [name, network] of Object.entries(describe) as [PortraitNetwork, () => ReleasedNetwork][]) {
      const description = network();
      const precision = HALF_NETWORKS.includes(name) ? drawn : {};
      const build = { where: description.name, ...common, ...precision };
      sessions[name] = await runtime.load(await obtainNetwork(description, weights[name], build));
    }
    return new LivePortrait(sessions as Record<PortraitNetwork, TensorSession>);
  }

  /** Keypoints, pose and expression of a face. @param image `[1, 3, 256, 256]`, RGB in 0..1. */
  async analyse(image: Float32Array): Promise<PortraitMotion> {
    const heads = await this.#sessions.motion.run({ image: imageTensor(image) });
    const head = (name: string) => heads[name]!.data as Float32Array;
    const [x = 0, y = 0] = head('t');
    return {
      canonical: head('kp'),
      motion: {
        scale: head('scale')[0]!,
        rotation: rotationMatrix({
          pitchDeg: angleFromBins(head('pitch')),
          yawDeg: angleFromBins(head('yaw')),
          rollDeg: angleFromBins(head('roll')),
        }),
        expression: head('exp'),
        translation: Float32Array.of(x, y, 0),
      },
    };
  }

  /**
   * All that drawing needs of a source.
   * @param image `[1, 3, 256, 256]`, RGB in 0..1. @param known what `analyse` said of it, if it was asked already.
   */
  async prepare(image: Float32Array, known?: PortraitMotion): Promise<Portrait> {
    const seen = known ?? (await this.analyse(image));
    const { feature_3d } = await this.#sessions.appearance.run({ image: imageTensor(image) });
    const { canonical, motion } = seen;
    return { canonical, motion, keypoints: transformKeypoints(canonical, motion), appearance: feature_3d! };
  }

  /** Keypoints to draw: driven ones retargeted and stitched, unless `options` say otherwise. */
  finish(portrait: Portrait, driven: Float32Array, options?: Partial<FinishOptions>): Promise<Float32Array> {
    return finishKeypoints(portrait.keypoints, driven, (kind) => this.#sessions[kind], options);
  }

  /** Session of a perceptron, for `retargeting.ts`. */
  perceptron(kind: StitchingNetwork): TensorSession {
    return this.#sessions[kind];
  }

  /** Draws the portrait under keypoints x_d `[21 × 3]`. @returns RGB planes `[3, 512, 512]`, 0..1. */
  async draw(portrait: Portrait, driven: Float32Array): Promise<Float32Array> {
    const points = (data: Float32Array) => ({ dims: [1, data.length / 3, 3], data });
    const { out } = await this.#sessions.warping.run({
      feature_3d: portrait.appearance,
      kp_driving: points(driven),
      kp_source: points(portrait.keypoints),
    });
    const { image } = await this.#sessions.generator.run({ feature: out! });
    return image!.data as Float32Array;
  }

  async dispose(): Promise<void> {
    for (const session of Object.values(this.#sessions)) await session.dispose();
  }
}

function imageTensor(data: Float32Array): Tensor {
  return { dims: [1, 3, PORTRAIT_INPUT_SIZE, PORTRAIT_INPUT_SIZE], data };
}
