import type { Consent, EarAssets, FaceRegion, LipAssets, Performance, RgbaImage } from '@pctalk/core';
import { type ErrorCode, PcTalkError } from '@pctalk/core';
import type { Sound } from './audio.ts';
import type { WebRuntimeOptions } from './onnx-runtime.ts';
import type { WebVideoCodec } from './video-encoder.ts';

/** Bytes of the models a talker runs, fetched by the page from wherever it keeps them. */
export interface WebTalkerAssets {
  /** `face_mesh_solution_packed_assets.data` of the npm package `@mediapipe/face_mesh`. */
  readonly face: Uint8Array;
  /** `@pctalk/core/assets/mesh-basis.bin` */
  readonly basis: Uint8Array;
  /** `@pctalk/core/assets/speech-lips.onnx` */
  readonly speech: Uint8Array;
  /**
   * The full ear; fetch it only if it is wanted. `scale` and `heads` are `@pctalk/core/assets/ear-scale.safetensors` and
   * `ear-heads.onnx`, `encoder` is the published file of Moonshine (`EAR_ENCODER_SHA256`, docs/models/ear.md), cut here.
   */
  readonly ear?: EarAssets | undefined;
  /** `@pctalk/core/assets/lac.onnx` and `lac-styles.safetensors` */
  readonly lips: LipAssets;
  /** `@pctalk/core/assets/emotion.onnx`; without it emotions are held still instead of moving with the voice. */
  readonly emotion?: Uint8Array | undefined;
  /** `selfie_segmentation.tflite` of `@mediapipe/selfie_segmentation`; without it the background near the head moves with it. */
  readonly matte?: Uint8Array | undefined;
}

/** What the worker is asked. Every request is answered by one result or error. */
export type TalkerRequest =
  | { readonly kind: 'open'; readonly runtime: WebRuntimeOptions; readonly assets: WebTalkerAssets }
  | {
      readonly kind: 'prepare';
      readonly picture: RgbaImage;
      readonly faceIndex: number | undefined;
      readonly where: string;
    }
  | { readonly kind: 'forget'; readonly source: number }
  | ({ readonly kind: 'render' } & RenderRequest);

/** A take: which source says what and how, and what is wanted back. */
export interface RenderRequest {
  readonly source: number;
  /** 16 kHz mono, −1 … 1. */
  readonly speech: Float32Array;
  readonly performance: Performance;
  /** Send each frame to the page. */
  readonly frames: boolean;
  /** Encode and sign an MP4. */
  readonly video: VideoRequest | undefined;
}

/** The MP4 that is wanted. */
export interface VideoRequest {
  readonly sound: Sound;
  readonly codecs: readonly WebVideoCodec[];
  readonly bitrate: number;
  readonly title: string;
  readonly inputs: readonly { readonly role: string; readonly sha256: string }[];
  readonly consent: Consent;
  /** Address of `c2pa.wasm`. */
  readonly c2pa: string;
}

/** Answers by kind of request. */
export interface TalkerResults {
  readonly open: { readonly device: string };
  readonly prepare: PreparedSource;
  readonly forget: Record<string, never>;
  readonly render: RenderResult;
}

/** A picture made ready to speak; it lives in the worker. */
export interface PreparedSource {
  readonly source: number;
  /** Square of the picture that is drawn. */
  readonly region: FaceRegion;
  /** What is wrong with the face without stopping the work: small, blurred, turned, covered. */
  readonly warnings: readonly SourceWarning[];
}

/** See `PreparedSource.warnings`. */
export interface SourceWarning {
  readonly code: string;
  readonly message: string;
}

/** What became of a take. */
export interface RenderResult {
  readonly frameCount: number;
  /** The signed MP4, if one was wanted, and the codec that ran. */
  readonly video: { readonly bytes: Uint8Array; readonly codec: WebVideoCodec } | undefined;
}

/** One frame on its way to the page. */
export interface TalkerFrame {
  readonly frameIndex: number;
  readonly image: RgbaImage;
  /** Coefficients after summing and clamping `[C]`. */
  readonly coefficients: Float32Array;
}

/** From the page. `taken` makes room for a further frame. */
export type ToWorker =
  | { readonly id: number; readonly request: TalkerRequest }
  | { readonly id: number; readonly cancel: true }
  | { readonly id: number; readonly taken: true };

/** From the worker. */
export type FromWorker =
  | { readonly id: number; readonly result: TalkerResults[keyof TalkerResults] }
  | { readonly id: number; readonly error: WireError }
  | { readonly id: number; readonly frame: TalkerFrame }
  | { readonly id: number; readonly progress: { readonly done: number; readonly total: number } };

/** An error without its class, which messages do not carry. */
export interface WireError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Takes an error apart for the way. */
export function toWire(error: unknown): WireError {
  if (error instanceof PcTalkError) return { code: error.code, message: error.message, details: error.details };
  return {
    code: undefined,
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    details: {},
  };
}

/** Puts it together again. */
export function fromWire({ code, message, details }: WireError): Error {
  return code === undefined ? new Error(message) : new PcTalkError(code, message, { details });
}
