import { expect, it } from 'vitest';
import { readFaceAssets } from '../models/face-assets.ts';
import { parseTflite } from './tflite.ts';

it('refuses other files and damaged ones', () => {
  expect(() => parseTflite(new Uint8Array(4))).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  const damaged = new Uint8Array(64).fill(0x7f);
  damaged.set([0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]);
  expect(() => parseTflite(damaged)).toThrow(expect.objectContaining({ code: 'model-invalid' }));
});

it('refuses another version of the packed assets', () => {
  expect(() => readFaceAssets(new Uint8Array(100))).toThrow(/expected 3986256 bytes, got 100, try/);
});
