import { VERTEX_COUNT } from '../face/canonical-mesh.ts';
import type { FaceRegion } from '../face/face-region.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import type { SourceTrack } from '../formats/source-track.ts';
import { FRAME_SIZE } from '../render/renderer.ts';

const ROW = LANDMARK_COUNT * 3;
/** Room around what moves, in distances of the outer eye corners: the skin and the neck it pulls along. */
const ROOM = 0.45;
const EYE_CORNERS = [33, 263] as const;

interface Extent {
  readonly centerX: number;
  readonly centerY: number;
  readonly side: number;
}

/** Side of the window by shot, of tracks in use. */
const sides = new WeakMap<SourceTrack, Map<string, number>>();

/**
 * The square of the picture in which a frame is drawn, upright, of one size through a shot. Up to 512 pixels it lies on
 * whole pixels at the clip's own scale, so that nothing is resampled that does not move.
 * @param reach where lips and jaw reach `[468]`, 0–1. @param whole whether the whole face moves.
 */
export function clipWindow(track: SourceTrack, frame: number, reach: Float32Array, whole: boolean): FaceRegion {
  const extent = extentAt(track, frame, reach, whole);
  const side = shotSide(track, track.shots[frame]!, reach, whole);
  if (side <= FRAME_SIZE) {
    const half = FRAME_SIZE / 2;
    return {
      centerX: Math.round(extent.centerX - half) + half,
      centerY: Math.round(extent.centerY - half) + half,
      size: FRAME_SIZE,
      rotation: 0,
    };
  }
  return { centerX: extent.centerX, centerY: extent.centerY, size: side, rotation: 0 };
}

function shotSide(track: SourceTrack, shot: number, reach: Float32Array, whole: boolean): number {
  const known = sides.get(track) ?? new Map<string, number>();
  sides.set(track, known);
  const key = `${shot} ${whole}`;
  let side = known.get(key);
  if (side === undefined) {
    side = 0;
    for (let f = 0; f < track.frameCount; f++) {
      if (track.shots[f] !== shot || track.seen[f] !== 1) continue;
      side = Math.max(side, extentAt(track, f, reach, whole).side);
    }
    known.set(key, side);
  }
  return side;
}

function extentAt({ landmarks }: SourceTrack, frame: number, reach: Float32Array, whole: boolean): Extent {
  const at = frame * ROW;
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, -Infinity, Number.POSITIVE_INFINITY, -Infinity];
  for (let v = 0; v < VERTEX_COUNT; v++) {
    if (!whole && reach[v] === 0) continue;
    const x = landmarks[at + v * 3]!;
    const y = landmarks[at + v * 3 + 1]!;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const [a, b] = [at + EYE_CORNERS[0] * 3, at + EYE_CORNERS[1] * 3];
  const unit = Math.hypot(
    landmarks[a]! - landmarks[b]!,
    landmarks[a + 1]! - landmarks[b + 1]!,
    landmarks[a + 2]! - landmarks[b + 2]!,
  );
  return {
    centerX: (left + right) / 2,
    centerY: (top + bottom) / 2,
    side: Math.max(right - left, bottom - top) + 2 * ROOM * unit,
  };
}
