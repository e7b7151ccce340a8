import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFaceAnalyser, type FaceAnalyser, type MeshBasis, parsePerformance, readMeshBasis } from '@pctalk/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashFile } from '../src/consent.ts';
import { readEmotionImage, readEmotionVideo } from '../src/emotion-reference.ts';
import { createNodeRuntime } from '../src/onnx-runtime.ts';
import { readTalkerAssets } from '../src/talker-assets.ts';

const MEDIA = join(process.env['PCTALK_SHARED'] ?? '../shared', 'media');
const isThere = existsSync(MEDIA);
if (!isThere) console.log(`emotion references: skipped, there is no ${MEDIA}`);

describe.skipIf(!isThere)('emotion of a reference', () => {
  let analyser: FaceAnalyser;
  let basis: MeshBasis;
  beforeAll(async () => {
    const assets = await readTalkerAssets();
    analyser = await createFaceAnalyser(createNodeRuntime(), assets.face);
    basis = readMeshBasis(assets.basis);
  });
  afterAll(() => analyser.dispose());

  it('finds the smile of a picture, with its hash, and nothing in a calm face', async () => {
    const smile = join(MEDIA, 'portraits/outdoor-child-smile.jpg');
    const clips = await readEmotionImage(smile, { analyser, basis });
    expect(clips[0]).toMatchObject({ emotion: 'happy', region: 'lower_face' });
    expect(clips[0]!['source']).toEqual({ kind: 'image', sha256: await hashFile(smile) });
    expect(clips[0]!.intensity).toBeGreaterThan(0.4);
    parsePerformance({ version: 1, emotion: clips }, 'test', { styles: [] });
    expect(await readEmotionImage(join(MEDIA, 'portraits/studio-man.jpg'), { analyser, basis })).toEqual([]);
  });

  it('reads a clip over time and lays it on speech of another length', async () => {
    const clip = join(MEDIA, 'eval/emotion/M030_front_happy_level3_001.mp4');
    const read = (timing: 'hold' | 'loop' | 'stretch', duration: number) =>
      readEmotionVideo(clip, { analyser, basis, timing, duration });
    const times = (clips: Awaited<ReturnType<typeof read>>) => {
      parsePerformance({ version: 1, emotion: clips }, 'test', { styles: [] });
      const curve = clips.find(({ emotion, region }) => emotion === 'happy' && region === 'lower_face')!;
      return (curve.intensity as { time: number; value: number }[]).map(({ time }) => time);
    };
    const held = times(await read('hold', 10));
    const looped = times(await read('loop', 10));
    const stretched = times(await read('stretch', 10));
    expect(held.at(-1)).toBeLessThan(6);
    expect(looped.at(-1)).toBeCloseTo(9.8, 1);
    expect(stretched.length).toBe(held.length);
    expect(stretched.at(-1)! / held.at(-1)!).toBeCloseTo(10 / (held.length / 5), 1);
  });
});
