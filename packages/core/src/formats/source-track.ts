import { PcTalkError } from '../errors.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';

/** What tracking a clip came across, over a range of its frames. */
export interface TrackFinding {
  /**
   * `face-lost` and `mouth-passed` (something comes before the mouth for two seconds at most): nothing is drawn there, so
   * that what passes stays in front. The others only warn; what covers a mouth for longer moves with the lips.
   */
  readonly code: 'face-lost' | 'mouth-passed' | 'mouth-covered' | 'faces-close' | 'scene-cut';
  /** First frame, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** One face followed through a clip: all that dubbing needs to know of it besides its pixels. */
export interface SourceTrack {
  /** Frames a second. */
  readonly fps: number;
  /** Of the clip as decoded, upright, pixels. */
  readonly width: number;
  readonly height: number;
  /** T. */
  readonly frameCount: number;
  /** `[T × 478 × 3]`, pixels of the picture, steadied in time; undefined values where `seen` is 0. */
  readonly landmarks: Float32Array;
  /** 1 where the face is there `[T]`. */
  readonly seen: Uint8Array;
  /** Number of the shot each frame belongs to `[T]`, from 0. */
  readonly shots: Uint16Array;
  readonly findings: readonly TrackFinding[];
}

const MAGIC = 'PTST';
const VERSION = 1;
const HEADER_BYTES = 12;

/** Writes a track: "PTST", version, length of the JSON that follows (32-bit little-endian), then seen, shots, landmarks. */
export function writeSourceTrack(track: SourceTrack): Uint8Array {
  const { landmarks, seen, shots, ...facts } = track;
  const json = new TextEncoder().encode(JSON.stringify(facts).padEnd(1));
  const jsonBytes = Math.ceil(json.length / 4) * 4;
  const frames = seen.length;
  const bytes = new Uint8Array(HEADER_BYTES + jsonBytes + frames * 3 + landmarks.length * 4).fill(0x20);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(4, VERSION, true);
  view.setUint32(8, jsonBytes, true);
  bytes.set(json, HEADER_BYTES);
  let at = HEADER_BYTES + jsonBytes;
  bytes.set(seen, at);
  at += frames;
  for (const shot of shots) {
    view.setUint16(at, shot, true);
    at += 2;
  }
  for (const value of landmarks) {
    view.setFloat32(at, value, true);
    at += 4;
  }
  return bytes;
}

/**
 * Reads what `writeSourceTrack` wrote.
 * @param where names the file in messages.
 * @throws PcTalkError `model-invalid` for other or damaged content.
 */
export function readSourceTrack(bytes: Uint8Array, where: string): SourceTrack {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, 4));
  if (bytes.length < HEADER_BYTES || magic !== MAGIC || view.getUint32(4, true) !== VERSION) throw damaged(where);
  const jsonBytes = view.getUint32(8, true);
  let facts: Omit<SourceTrack, 'landmarks' | 'seen' | 'shots'>;
  try {
    facts = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonBytes)));
  } catch {
    throw damaged(where);
  }
  const frames = facts.frameCount;
  const values = frames * LANDMARK_COUNT * 3;
  let at = HEADER_BYTES + jsonBytes;
  if (!(frames > 0) || bytes.length !== at + frames * 3 + values * 4) throw damaged(where);
  const seen = bytes.slice(at, at + frames);
  at += frames;
  const shots = Uint16Array.from({ length: frames }, (_, i) => view.getUint16(at + i * 2, true));
  at += frames * 2;
  const landmarks = new Float32Array(values);
  for (let i = 0; i < values; i++) landmarks[i] = view.getFloat32(at + i * 4, true);
  return { ...facts, landmarks, seen, shots };
}

/** A track as plain JSON: landmarks as one row of rounded numbers a frame, null where the face is lost. */
export function sourceTrackToJson(track: SourceTrack): object {
  const { landmarks, seen, shots, ...facts } = track;
  const row = LANDMARK_COUNT * 3;
  const frames = Array.from(seen, (is, f) =>
    is === 1
      ? {
          shot: shots[f],
          landmarks: Array.from(landmarks.subarray(f * row, (f + 1) * row), (x) => Math.round(x * 100) / 100),
        }
      : null,
  );
  return { format: 'pctalk-source-track', version: VERSION, ...facts, frames };
}

function damaged(where: string): PcTalkError {
  return new PcTalkError(
    'model-invalid',
    `${where}: expected a source track of version ${VERSION}, got something else or a damaged one; track the clip again`,
  );
}
