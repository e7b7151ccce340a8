import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  COEFFICIENT_COUNT,
  COEFFICIENT_INDEX,
  createFaceAnalyser,
  createMeshMotionSpace,
  createMeshRenderer,
  type FaceAnalyser,
  FRAME_SIZE,
  fitHeadPose,
  inspectFace,
  prepareStill,
  type RgbaImage,
  readMeshBasis,
} from '@pctalk/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFaceAssets } from '../src/face-models.ts';
import { drawFaceOverlay } from '../src/face-overlay.ts';
import { decodeImage } from '../src/image.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';

const SAMPLE = createRequire(import.meta.url).resolve('@pctalk/core/assets/sample/portrait.jpg');

let analyser: FaceAnalyser;
let sample: RgbaImage;
beforeAll(async () => {
  analyser = await createFaceAnalyser(createNodeRuntime(), await loadFaceAssets());
  sample = await decodeImage(SAMPLE);
});
afterAll(() => analyser.dispose());

describe('inspectFace', () => {
  it('finds nothing wrong with the bundled portrait', async () => {
    const { faces, warnings } = await inspectFace(analyser, sample);
    expect(warnings).toEqual([]);
    expect(faces).toHaveLength(1);
    expect(faces[0]!.warnings).toEqual([]);
    const { pitch, yaw, roll } = faces[0]!.poseDeg;
    expect(Math.max(...[pitch, yaw, roll].map(Math.abs))).toBeLessThan(8);
    expect(faces[0]!.crop.size).toBeGreaterThan(400);
  });

  it('sees a covered mouth', async () => {
    const cover = await sharp({ create: { width: 150, height: 90, channels: 3, background: '#96bed7' } })
      .png()
      .toBuffer();
    const covered = await edit(sharp(SAMPLE).composite([{ input: cover, left: 195, top: 245 }]));
    expect(await codes(covered)).toEqual(['mouth-covered']);
  });

  it('sees a mouth that shows its inside', async () => {
    const basis = readMeshBasis(
      readFileSync(createRequire(import.meta.url).resolve('@pctalk/core/assets/mesh-basis.bin')),
    );
    const { crop, tick } = await prepareStill(sample, analyser, basis, { where: 'sample' });
    const lips = new Float32Array(COEFFICIENT_COUNT);
    lips[COEFFICIENT_INDEX.jawOpen] = 0.45;
    const none = new Float32Array(COEFFICIENT_COUNT);
    const head = { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const };
    const motion = { lips, emotion: none, life: none, head, gaze: { yaw: 0, pitch: 0 } };
    using renderer = createMeshRenderer(crop, tick);
    const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
    renderer.render(createMeshMotionSpace(basis).compose(tick, motion), data);
    expect(await codes({ width: FRAME_SIZE, height: FRAME_SIZE, data })).toEqual(['mouth-open']);
  });

  it('sees blur, smallness and several faces', async () => {
    expect(await codes(await edit(sharp(SAMPLE).blur(5)))).toEqual(['face-blurred']);
    expect(await codes(await edit(sharp(SAMPLE).resize(200)))).toContain('face-small');
    const pair = sharp({ create: { width: 1100, height: 600, channels: 3, background: '#445566' } }).composite([
      { input: SAMPLE, left: 0, top: 0 },
      { input: SAMPLE, left: 560, top: 0 },
    ]);
    const report = await inspectFace(analyser, await edit(sharp(await pair.png().toBuffer())));
    expect(report.warnings.map(({ code }) => code)).toEqual(['several-faces']);
    expect(report.faces.map(({ crop }) => crop.centerX < 550)).toEqual([true, false]);
  });

  it('sets a tilted head upright', async () => {
    const tilted = await edit(sharp(SAMPLE).rotate(50, { background: '#445566' }));
    const { faces } = await inspectFace(analyser, tilted);
    expect(faces[0]!.warnings.map(({ code }) => code)).toContain('face-tilted');
    expect((faces[0]!.crop.rotation * 180) / Math.PI).toBeGreaterThan(40);
    expect((faces[0]!.crop.rotation * 180) / Math.PI).toBeLessThan(56);
  });

  it.each([100, 120, 150, 180, 210, -120])(
    'sees which way up a face turned by %i° is, picture or clip',
    async (angle) => {
      const turned = await edit(sharp(SAMPLE).rotate(angle, { background: '#ffffff' }));
      const { faces } = await inspectFace(analyser, turned);
      expect(faces).toHaveLength(1);
      expect(difference(faces[0]!.poseDeg.roll, angle)).toBeLessThan(8);
      expect(difference((faces[0]!.crop.rotation * 180) / Math.PI, angle)).toBeLessThan(8);
      const followed = await analyser.track(turned, undefined);
      expect(difference((fitHeadPose(followed!.points).roll * 180) / Math.PI, angle)).toBeLessThan(8);
    },
  );

  it('sees a face that its EXIF mirrors and turns', async () => {
    const mirrored = await decodeImage(await sharp(SAMPLE).withMetadata({ orientation: 4 }).png().toBuffer());
    const { faces } = await inspectFace(analyser, mirrored);
    expect(faces.map(({ poseDeg }) => difference(poseDeg.roll, 180) < 8)).toEqual([true]);
  });

  it('sees a picture that is tight around the face', async () => {
    const closeUp = await edit(sharp(SAMPLE).extract({ left: 155, top: 135, width: 190, height: 230 }));
    const { warnings, border } = (await inspectFace(analyser, closeUp)).faces[0]!;
    expect(border).toBeGreaterThan(0.1);
    expect(warnings.find(({ code }) => code === 'border-invented')?.message).toMatch(/invented border; --paste-back/);
  });

  it('surveys a large face in a reduced copy with the same answer', async () => {
    const [small] = (await inspectFace(analyser, sample)).faces;
    const [large] = (await inspectFace(analyser, await edit(sharp(SAMPLE).resize(2560)))).faces;
    const errors = small!.points.map((value, i) => Math.abs(value - large!.points[i]! / 5));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(1.5);
  });
});

describe('drawFaceOverlay', () => {
  it('draws on the face and leaves the rest', async () => {
    const png = await drawFaceOverlay(sample, await inspectFace(analyser, sample));
    const drawn = await decodeImage(png);
    expect([drawn.width, drawn.height]).toEqual([sample.width, sample.height]);
    const changed = (x: number, y: number) => {
      let count = 0;
      for (let v = y; v < y + 40; v++) {
        for (let u = x; u < x + 40; u++) {
          if (drawn.data[(v * drawn.width + u) * 4] !== sample.data[(v * drawn.width + u) * 4]) count++;
        }
      }
      return count;
    };
    expect(changed(250, 260)).toBeGreaterThan(200);
    expect(changed(40, 540)).toBe(0);
  });
});

/** Of two angles, degrees. */
function difference(a: number, b: number): number {
  return Math.abs(((((a - b) % 360) + 540) % 360) - 180);
}

async function codes(image: RgbaImage): Promise<string[]> {
  const { faces } = await inspectFace(analyser, image);
  expect(faces).toHaveLength(1);
  return faces[0]!.warnings.map(({ code }) => code);
}

async function edit(picture: sharp.Sharp): Promise<RgbaImage> {
  return decodeImage(await picture.png().toBuffer());
}
