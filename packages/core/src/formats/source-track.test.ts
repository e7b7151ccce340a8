import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSourceTrack, type SourceTrack, sourceTrackToJson, writeSourceTrack } from './source-track.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const ROW = 478 * 3;

const TRACK: SourceTrack = {
  fps: 25,
  width: 320,
  height: 240,
  frameCount: 3,
  landmarks: Float32Array.from({ length: 3 * ROW }, (_, i) => 100 + (i % ROW) / 20 + Math.floor(i / ROW) / 7),
  seen: Uint8Array.of(1, 0, 1),
  shots: Uint16Array.of(0, 0, 1),
  findings: [{ code: 'face-lost', from: 1, to: 2 }],
};

const write = (track: SourceTrack) => writeSourceTrack(track, sha256);
const read = (bytes: Uint8Array) => readSourceTrack(bytes, 'a.track', sha256);

it('survives a round trip, and says what is lost in JSON', () => {
  expect(read(write(TRACK))).toEqual(TRACK);
  const json = JSON.parse(sourceTrackToJson(TRACK, sha256));
  expect(json).toMatchObject({ format: 'pctalk-source-track', frameCount: 3, findings: TRACK.findings });
  expect(json.frames[1]).toBeNull();
  expect(json.frames[2].shot).toBe(1);
  expect(json.frames[2].landmarks[0]).toBeCloseTo(100 + 2 / 7, 2);
});

it('carries the hash of what it says as JSON', () => {
  const { sha256: hash, ...rest } = JSON.parse(sourceTrackToJson(TRACK, sha256));
  expect(hash).toBe(createHash('sha256').update(JSON.stringify(rest)).digest('hex'));
});

describe('is refused', () => {
  const refused = (got: string) =>
    expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining(got) });
  const whole = write(TRACK);

  it.each([
    ['cut', whole.subarray(0, whole.length - 1), 'damaged'],
    ['cut in its first bytes', whole.subarray(0, 3), 'something else'],
    ['longer', Uint8Array.of(...whole, 0), 'damaged'],
    ['something else', new Uint8Array(5000), 'something else'],
    ['of another version', whole.map((byte, i) => (i === 4 ? 1 : byte)), 'version 1'],
  ])('when %s', (_name, bytes, got) => expect(() => read(bytes)).toThrow(refused(got)));

  it('with any bit changed', () => {
    for (let i = 0; i < whole.length; i += i < 300 ? 1 : 97) {
      expect(() => read(whole.map((byte, at) => (at === i ? byte ^ 0x10 : byte))), `byte ${i}`).toThrow(refused(''));
    }
  });

  const landmarksWith = (value: number, at = 5) => TRACK.landmarks.map((x, i) => (i === at ? value : x));
  it.each<[string, Partial<SourceTrack>, string]>([
    ['a landmark that is no number', { landmarks: landmarksWith(Number.NaN) }, 'no face in frame 0'],
    ['an endless landmark', { landmarks: landmarksWith(Number.POSITIVE_INFINITY) }, 'no face in frame 0'],
    ['a landmark far outside', { landmarks: landmarksWith(5000, 2 * ROW) }, 'no face in frame 2'],
    ['a landmark far behind', { landmarks: landmarksWith(-400, 2 * ROW + 2) }, 'no face in frame 2'],
    ['a face of no size', { landmarks: TRACK.landmarks.map(() => 100) }, 'no face in frame 0'],
    ['no face', { seen: Uint8Array.of(0, 0, 0) }, 'no face'],
    ['a mark that is none', { seen: Uint8Array.of(1, 7, 1) }, 'marks'],
    ['shots in no order', { shots: Uint16Array.of(0, 5, 1) }, 'shots'],
    ['a finding outside', { findings: [{ code: 'face-lost', from: 1, to: 9 }] }, 'findings'],
    ['an unknown finding', { findings: [{ code: 'other' as 'face-lost', from: 0, to: 1 }] }, 'header'],
    ['another number of frames', { frameCount: 4 }, 'do not fit'],
    ['a number of frames that is none', { frameCount: 1.5 }, 'header'],
    ['a size that is none', { width: -1 }, 'header'],
    ['a rate that is none', { fps: 0 }, 'header'],
  ])('%s', (_name, change, got) => expect(() => read(write({ ...TRACK, ...change }))).toThrow(refused(got)));

  it('a face outside the frames in which it is seen does not matter', () => {
    const track = { ...TRACK, landmarks: landmarksWith(Number.NaN, ROW) };
    expect(read(write(track))).toEqual(track);
  });
});
