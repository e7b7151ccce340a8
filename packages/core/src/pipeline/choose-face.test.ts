import { describe, expect, it } from 'vitest';
import type { FaceDetection } from '../face/face-analyser.ts';
import { chooseFace, MIN_FACE_WIDTH } from './choose-face.ts';

const face = (left: number, width: number): FaceDetection =>
  ({ box: { left, top: 10, right: left + width, bottom: 10 + width }, score: 0.9 }) as unknown as FaceDetection;

describe('chooseFace', () => {
  it('takes the only face, or the one that is asked for', () => {
    const [a, b] = [face(10, MIN_FACE_WIDTH), face(200, 80)];
    expect(chooseFace([a], undefined, 'a.jpg')).toBe(a);
    expect(chooseFace([a, b], 1, 'a.jpg')).toBe(b);
  });

  it.each([
    ['no face', [], undefined, 'no-face'],
    ['two faces', [face(10, 80), face(200, 80)], undefined, 'several-faces'],
    ['an index too large', [face(10, 80)], 1, 'value-out-of-range'],
    ['a face of 30 pixels', [face(10, 30)], undefined, 'face-too-small'],
  ])('refuses %s', (_name, faces, index, code) => {
    expect(() => chooseFace(faces, index, 'a.jpg')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(index === undefined ? /^a\.jpg: / : /a\.jpg/) }),
    );
  });
});
