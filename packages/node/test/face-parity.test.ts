import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createFaceAnalyser, DEPTH_SCALE, type FaceAnalyser, type RgbaImage, regionOfLandmarks } from '@pctalk/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFaceAssets } from '../src/face-models.ts';
import { decodeImage } from '../src/image.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';

const SAMPLE = createRequire(import.meta.url).resolve('@pctalk/core/assets/sample/portrait.jpg');
const SHARED = process.env['PCTALK_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared');
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/face-landmarks.json'), 'utf8')) as {
  faces: { name: string; previous: number[][]; next: number[][] }[];
};

let analyser: FaceAnalyser;
beforeAll(async () => {
  analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
});
afterAll(() => analyser.dispose());

describe('landmarks agree with the official package', () => {
  for (const { name, previous, next } of golden.faces) {
    const path = name === 'hopper' ? SAMPLE : join(SHARED, 'media/portraits', `${name}.jpg`);
    const isThere = existsSync(path);
    it.skipIf(!isThere)(isThere ? name : `${name} (skipped: ${path} is absent)`, async () => {
      const image = await decodeImage(path);
      const region = regionOfLandmarks(Float32Array.from(previous.flat()));
      const { points, score } = await analyser.landmarks(image, region, { iterations: 1 });
      const eyes = distance(next[33]!, next[263]!);
      const errors = next.map((point, i) => distance(point, [points[i * 3]!, points[i * 3 + 1]!]) / eyes);
      const depthErrors = next.map((point, i) => Math.abs(point[2]! - points[i * 3 + 2]! / DEPTH_SCALE) / eyes);
      expect(score).toBeGreaterThan(0.99);
      expect(mean(errors)).toBeLessThan(0.004);
      expect(Math.max(...errors)).toBeLessThan(0.015);
      expect(Math.max(...depthErrors)).toBeLessThan(0.015);
    });
  }
});

describe('detect', () => {
  it('finds one face where the official landmarks are', async () => {
    const faces = await analyser.detect(await decodeImage(SAMPLE));
    expect(faces).toHaveLength(1);
    const noseTip = golden.faces[0]!.next[1]!;
    expect(Math.hypot(faces[0]!.region.centerX - noseTip[0]!, faces[0]!.region.centerY - noseTip[1]!)).toBeLessThan(25);
  });

  it('finds faces of 60 pixels in a large picture, from left to right', async () => {
    const picture = blank(2400, 1600);
    const face = reduceTo(await decodeImage(SAMPLE), 152); // 512 wide with a face of 200: now 60
    draw(picture, face, 1900, 300);
    draw(picture, face, 350, 1200);
    const faces = await analyser.detect(picture);
    expect(faces.map(({ region }) => Math.round(region.centerX / 100))).toEqual([4, 20]);
  });

  it('finds no face in a picture without one', async () => {
    expect(await analyser.detect(blank(700, 500))).toEqual([]);
  });
});

describe('track', () => {
  it('follows a face, says when it is gone and finds it again', async () => {
    const image = await decodeImage(SAMPLE);
    const first = await analyser.track(image, undefined);
    const second = await analyser.track(image, first);
    expect(second?.score).toBeGreaterThan(0.99);
    const empty = blank(image.width, image.height);
    expect(await analyser.track(empty, second)).toBeUndefined();
    expect((await analyser.track(image, undefined))?.points).toEqual(first!.points);
  });
});

function blank(width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i += 4) data.set([90 + ((i >> 8) % 40), 120, 140, 255], i);
  return { width, height, data };
}

/** The slow, obvious reduction: each pixel is the mean of the pixels it covers. */
function reduceTo(image: RgbaImage, width: number): RgbaImage {
  const step = image.width / width;
  const height = Math.floor(image.height / step);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height * 4; i++) {
    const [x, y] = [Math.floor(i / 4) % width, Math.floor(i / 4 / width)];
    let sum = 0;
    let count = 0;
    for (let v = Math.floor(y * step); v < (y + 1) * step && v < image.height; v++) {
      for (let u = Math.floor(x * step); u < (x + 1) * step && u < image.width; u++, count++) {
        sum += image.data[(v * image.width + u) * 4 + (i % 4)]!;
      }
    }
    data[i] = sum / count;
  }
  return { width, height, data };
}

function draw(onto: RgbaImage, image: RgbaImage, left: number, top: number): void {
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4);
    onto.data.set(row, ((top + y) * onto.width + left) * 4);
  }
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
