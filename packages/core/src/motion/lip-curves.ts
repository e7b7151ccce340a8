import { createCanonicalSource } from './canonical-source.ts';
import { COEFFICIENT_COUNT } from './coefficients.ts';
import { estimateNeutral } from './estimate-neutral.ts';
import { measureFace } from './measures.ts';
import type { MeshBasis } from './mesh-basis.ts';
import { createMeshMotionSpace } from './mesh-motion-space.ts';
import { KEYPOINT_COUNT } from './motion-space.ts';
import { createMotionTracker } from './motion-tracker.ts';
import { writeHeadFrame, writePoseMatrix } from './pose-matrix.ts';

/** What the lips do over a clip, one value a frame at 25 fps. */
export interface LipCurves {
  /** Height of the opening over mouth width. */
  readonly opening: Float32Array;
  /** Height between the outer lip contours over mouth width: seen even where the lips hide their opening. */
  readonly outer: Float32Array;
  /** Mouth width, U. */
  readonly width: Float32Array;
  /** How far the lips stand in front of the nose base, U. */
  readonly protrusion: Float32Array;
}

const LENGTH = KEYPOINT_COUNT * 3;

/** Curves of a tracked person, head pose removed. @param landmarks `[frames × 478 × 3]`, pixels. */
export function curvesOfTrack(basis: MeshBasis, landmarks: Float32Array): LipCurves {
  const frames = Array.from({ length: landmarks.length / LENGTH }, (_, i) =>
    landmarks.subarray(i * LENGTH, (i + 1) * LENGTH),
  );
  const tracker = createMotionTracker(basis, estimateNeutral(frames));
  const curves = emptyCurves(frames.length);
  frames.forEach((frame, i) => {
    note(curves, i, tracker.track(frame).head);
  });
  return curves;
}

/** Curves of lip coefficients on the average face, lip contact included. @param lips frames of `[C]`. */
export function curvesOfLips(basis: MeshBasis, lips: readonly Float32Array[]): LipCurves {
  const space = createMeshMotionSpace(basis);
  const source = createCanonicalSource(basis);
  const nothing = new Float32Array(COEFFICIENT_COUNT);
  const head = { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const };
  const matrix = new Float64Array(9);
  const points = new Float32Array(LENGTH);
  const curves = emptyCurves(lips.length);
  lips.forEach((frame, i) => {
    const driven = space.compose(source, {
      lips: frame,
      emotion: nothing,
      life: nothing,
      head,
      gaze: { yaw: 0, pitch: 0 },
    });
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, points);
    note(curves, i, points);
  });
  return curves;
}

function emptyCurves(frames: number): LipCurves {
  return {
    opening: new Float32Array(frames),
    outer: new Float32Array(frames),
    width: new Float32Array(frames),
    protrusion: new Float32Array(frames),
  };
}

function note(curves: LipCurves, frame: number, head: Float32Array): void {
  const { lipGapPerWidth, outerLipOpening, mouthWidth, lipProtrusion } = measureFace(head);
  curves.opening[frame] = lipGapPerWidth;
  curves.outer[frame] = outerLipOpening / mouthWidth;
  curves.width[frame] = mouthWidth;
  curves.protrusion[frame] = lipProtrusion;
}
