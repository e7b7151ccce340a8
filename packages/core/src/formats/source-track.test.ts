import { expect, it } from 'vitest';
import { readSourceTrack, type SourceTrack, sourceTrackToJson, writeSourceTrack } from './source-track.ts';

const TRACK: SourceTrack = {
  fps: 25,
  width: 320,
  height: 240,
  frameCount: 3,
  landmarks: Float32Array.from({ length: 3 * 478 * 3 }, (_, i) => i / 7),
  seen: Uint8Array.of(1, 0, 1),
  shots: Uint16Array.of(0, 0, 1),
  findings: [{ code: 'face-lost', from: 1, to: 2 }],
};

it('survives a round trip, and says what is lost in JSON', () => {
  expect(readSourceTrack(writeSourceTrack(TRACK), 'track')).toEqual(TRACK);
  const json = JSON.parse(JSON.stringify(sourceTrackToJson(TRACK)));
  expect(json).toMatchObject({ format: 'pctalk-source-track', frameCount: 3, findings: TRACK.findings });
  expect(json.frames[1]).toBeNull();
  expect(json.frames[2].shot).toBe(1);
  expect(json.frames[2].landmarks[0]).toBeCloseTo((2 * 478 * 3) / 7, 2);
});

it('refuses what is cut or something else', () => {
  const bytes = writeSourceTrack(TRACK);
  for (const wrong of [bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 3), new Uint8Array(5000)]) {
    expect(() => readSourceTrack(wrong, 'track')).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  }
});
