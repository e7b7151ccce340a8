import { z } from 'zod';
import { PcTalkError } from '../errors.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import { parseJson } from './parse-json.ts';

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
const VERSION = 2;
const DIGEST_BYTES = 32;
const HEADER_BYTES = 12 + DIGEST_BYTES;
/** Longer side of a clip, pixels, and its facts as JSON, bytes: far more than any has. */
const MAX_SIDE = 16_384;
const MAX_FACTS_BYTES = 1 << 24;
/** How far outside the picture a landmark may lie, and how deep, in longer sides of it. */
const MAX_OUTSIDE = 1;
/** A face is at least so wide and high, pixels. */
const MIN_FACE = 4;
const ROW = LANDMARK_COUNT * 3;

/** SHA-256. @returns `[32]` */
export type Sha256Digest = (bytes: Uint8Array) => Uint8Array;

const frameNumber = z.number().int().min(0);
const facts = z.strictObject({
  fps: z.number().positive().max(1000),
  width: z.number().int().min(1).max(MAX_SIDE),
  height: z.number().int().min(1).max(MAX_SIDE),
  frameCount: frameNumber.min(1),
  findings: z.array(
    z.strictObject({
      code: z.enum(['face-lost', 'mouth-passed', 'mouth-covered', 'faces-close', 'scene-cut']),
      from: frameNumber,
      to: frameNumber,
    }),
  ),
});

/**
 * Writes a track: "PTST", version, length of the JSON (both 32-bit little-endian), SHA-256 of all that follows; then the
 * JSON, padded with spaces to whole words, seen, shots (16 bits) and landmarks (float32), little-endian.
 */
export function writeSourceTrack(track: SourceTrack, digest: Sha256Digest): Uint8Array {
  const { landmarks, seen, shots, ...rest } = track;
  const json = new TextEncoder().encode(JSON.stringify(rest));
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
  bytes.set(digest(bytes.subarray(HEADER_BYTES)), HEADER_BYTES - DIGEST_BYTES);
  return bytes;
}

/**
 * Reads what `writeSourceTrack` wrote, and makes sure that it is a face.
 * @param where names the file in messages.
 * @throws PcTalkError `model-invalid` for other, damaged or implausible content.
 */
export function readSourceTrack(bytes: Uint8Array, where: string, digest: Sha256Digest): SourceTrack {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, 4));
  if (bytes.length < HEADER_BYTES || magic !== MAGIC) throw unusable(where, 'something else');
  if (view.getUint32(4, true) !== VERSION) throw unusable(where, `version ${view.getUint32(4, true)}`);
  const announced = bytes.subarray(HEADER_BYTES - DIGEST_BYTES, HEADER_BYTES);
  const actual = digest(bytes.subarray(HEADER_BYTES));
  if (!announced.every((byte, i) => byte === actual[i])) throw unusable(where, 'a damaged one');
  const jsonBytes = view.getUint32(8, true);
  let at = HEADER_BYTES + jsonBytes;
  if (jsonBytes > MAX_FACTS_BYTES || at > bytes.length) throw unusable(where, 'a header that does not fit');
  const { frameCount: frames, ...rest } = readFacts(bytes.subarray(HEADER_BYTES, at), where);
  if (bytes.length - at !== frames * (3 + ROW * 4)) throw unusable(where, `${frames} frames that do not fit`);
  const seen = Uint8Array.from(bytes.subarray(at, at + frames)); // Of a Buffer, slice() would be a view.
  at += frames;
  const shots = Uint16Array.from({ length: frames }, (_, i) => view.getUint16(at + i * 2, true));
  at += frames * 2;
  const landmarks = new Float32Array(frames * ROW);
  for (let i = 0; i < landmarks.length; i++) landmarks[i] = view.getFloat32(at + i * 4, true);
  const track = { ...rest, frameCount: frames, landmarks, seen, shots };
  const fault = findFault(track);
  if (fault !== undefined) throw unusable(where, fault);
  return track;
}

/**
 * A track as the text of plain JSON: landmarks as one row of rounded numbers a frame, null where the face is lost. `sha256`
 * is that of the same document, written without spaces and without `sha256` itself.
 */
export function sourceTrackToJson(track: SourceTrack, digest: Sha256Digest): string {
  const { landmarks, seen, shots, ...rest } = track;
  const frames = Array.from(seen, (is, f) =>
    is === 1
      ? {
          shot: shots[f],
          landmarks: Array.from(landmarks.subarray(f * ROW, (f + 1) * ROW), (x) => Math.round(x * 100) / 100),
        }
      : null,
  );
  const text = JSON.stringify({ format: 'pctalk-source-track', version: VERSION, ...rest, frames });
  const sha256 = Array.from(digest(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0'));
  return `${text.slice(0, -1)},"sha256":"${sha256.join('')}"}`;
}

function readFacts(json: Uint8Array, where: string): z.infer<typeof facts> {
  try {
    return facts.parse(parseJson(new TextDecoder().decode(json)));
  } catch (cause) {
    throw unusable(where, 'a header that is not its own', cause);
  }
}

/** What no tracked face can be; undefined for a plausible track. */
function findFault(track: SourceTrack): string | undefined {
  const { frameCount, seen, shots, findings } = track;
  if (findings.some(({ from, to }) => from >= to || to > frameCount)) return 'findings outside the clip';
  if (!seen.includes(1) || seen.some((is) => is > 1)) return 'no face, or marks that are none';
  for (let f = 0; f < frameCount; f++) {
    const step = shots[f]! - (f === 0 ? 0 : shots[f - 1]!);
    if (step !== 0 && step !== 1) return `shots in no order at frame ${f}`;
    if (seen[f] === 1 && !isFace(track, f)) return `landmarks that are no face in frame ${f}`;
  }
  return undefined;
}

/** Whether the landmarks of a frame are numbers about the picture, spread over a few pixels at least. */
function isFace({ landmarks, width, height }: SourceTrack, frame: number): boolean {
  const reach = MAX_OUTSIDE * Math.max(width, height);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = frame * ROW; i < (frame + 1) * ROW; i += 3) {
    const [x, y, z] = [landmarks[i]!, landmarks[i + 1]!, landmarks[i + 2]!];
    // Comparisons with NaN are false.
    if (!(x >= -reach && x <= width + reach && y >= -reach && y <= height + reach && Math.abs(z) <= reach))
      return false;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right - left >= MIN_FACE && bottom - top >= MIN_FACE;
}

function unusable(where: string, got: string, cause?: unknown): PcTalkError {
  return new PcTalkError(
    'model-invalid',
    `${where}: expected a whole source track of version ${VERSION}, got ${got}; track the clip again`,
    { cause },
  );
}
