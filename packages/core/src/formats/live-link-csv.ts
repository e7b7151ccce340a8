import type { HeadPose } from '../face/head-pose.ts';
import { ARKIT_BLENDSHAPES, arkitBlendshapes } from '../motion/arkit.ts';
import type { Gaze } from '../motion/motion-space.ts';

const ROTATIONS = ['Head', 'LeftEye', 'RightEye'].flatMap((what) =>
  ['Yaw', 'Pitch', 'Roll'].map((axis) => what + axis),
);
const COLUMNS = [...ARKIT_BLENDSHAPES.map((name) => name[0]!.toUpperCase() + name.slice(1)), ...ROTATIONS];

/** First line of a Live Link Face recording: time code, number of values, 52 blendshapes, 9 rotations. */
export const LIVE_LINK_HEADER = ['Timecode', 'BlendShapeCount', ...COLUMNS].join(',');

/** What a line of the recording tells of one frame. */
export interface LiveLinkFrame {
  readonly frameIndex: number;
  /** Coefficients after summing and clamping `[C]`. */
  readonly coefficients: Float32Array;
  readonly pose: Pick<HeadPose, 'pitch' | 'yaw' | 'roll'>;
  readonly gaze: Gaze;
}

/**
 * One line of a recording as the app Live Link Face writes it (no newline). Rotations are radians: yaw to the subject's left, pitch
 * down and roll clockwise as a viewer sees it are positive; both eyes look the same way.
 * @param fps frames a second of the time code HH:MM:SS:FF.000.
 */
export function liveLinkLine({ frameIndex, coefficients, pose, gaze }: LiveLinkFrame, fps: number): string {
  const eye = [gaze.yaw, gaze.pitch, 0];
  const values = [...arkitBlendshapes(coefficients, gaze), pose.yaw, pose.pitch, pose.roll, ...eye, ...eye];
  const seconds = Math.floor(frameIndex / fps);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frameIndex % fps];
  const timecode = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return [`${timecode}.000`, values.length, ...values.map((value) => value.toFixed(8))].join(',');
}
