import {
  COEFFICIENTS,
  FPS,
  LIVE_LINK_HEADER,
  liveLinkLine,
  OCULUS_VISEMES,
  oculusVisemes,
  type PerformedFrame,
} from '@pctalk/core';
import { triples } from './triples.ts';

/** How a performed frame is printed. */
export interface FrameFormat {
  /** A line before the first frame. */
  readonly header?: string;
  /** @returns the frame as one line without its end. */
  readonly line: (frame: PerformedFrame) => string;
}

/** What `pctalk motion --format` may be. */
export const MOTION_FORMAT_NAMES = ['jsonl', 'arkit-csv', 'visemes'] as const;
export type MotionFormat = (typeof MOTION_FORMAT_NAMES)[number];

/** The formats of `pctalk motion`, by name. */
export const MOTION_FORMATS: Readonly<Record<MotionFormat, FrameFormat>> = {
  jsonl: { line: (frame) => JSON.stringify(plainFrame(frame)) },
  'arkit-csv': {
    header: LIVE_LINK_HEADER,
    line: ({ frameIndex, driven }) => liveLinkLine({ frameIndex, ...driven }, FPS),
  },
  visemes: {
    line: ({ frameIndex, speech }) => {
      const visemes = named(OCULUS_VISEMES, oculusVisemes(speech.phones));
      return JSON.stringify({ frameIndex, time: frameIndex / FPS, visemes });
    },
  },
};

/** A performed frame as plain JSON: coefficients by name, keypoints as triples in pixels of the 512 × 512 crop. */
function plainFrame({ frameIndex, motion, driven }: PerformedFrame): object {
  const { keypoints, coefficients, pose, gaze } = driven;
  return {
    frameIndex,
    time: frameIndex / FPS,
    coefficients: named(COEFFICIENTS, coefficients),
    lips: named(COEFFICIENTS, motion.lips),
    emotion: named(COEFFICIENTS, motion.emotion),
    life: named(COEFFICIENTS, motion.life),
    keypoints: triples(keypoints, 1e3),
    pose,
    gaze,
  };
}

function named(names: readonly string[], values: Float32Array): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, Math.round(values[i]! * 1e5) / 1e5]));
}
