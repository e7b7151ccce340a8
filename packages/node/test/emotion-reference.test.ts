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
    expect(clips[0]).toMatchObject({ emotion: 'happy', region: 'all' });
    expect(clips[0]!['source']).toEqual({ kind: 'image', sha256: await hashFile(smile) });
    expect(clips[0]!.intensity).toBeGreaterThan(0.4);
    parsePerformance({ version: 1, emotion: clips }, 'test', { styles: [] });
    expect(await readEmotionImage(join(MEDIA, 'portraits/studio-man.jpg'), { analyser, basis })).toEqual([]);
  });

  it("tells fear and anger of a talking face against that face's own calm speech", async () => {
    const clip = (emotion: string) => join(MEDIA, `eval/emotion/W009_front_${emotion}.mp4`);
    const options = { analyser, basis, fit: 'hold', duration: 4, neutral: clip('neutral_level1_001') } as const;
    const strongest = async (path: string) => {
      const clips = await readEmotionVideo(path, options);
      parsePerformance({ version: 1, emotion: clips }, 'test', { styles: [] });
      const mean = ({ intensity }: (typeof clips)[number]) => {
        const values = (intensity as { value: number }[]).map(({ value }) => value);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      return clips.sort((a, b) => mean(b) - mean(a))[0];
    };
    const neutral = await hashFile(options.neutral);
    for (const emotion of ['fear', 'angry']) {
      const expected = { emotion, region: 'all', source: { kind: 'video', neutral } };
      expect(await strongest(clip(`${emotion}_level3_001`))).toMatchObject(expected);
    }
  });

  it('reads a clip over time and stretches it over speech of another length', async () => {
    const clip = join(MEDIA, 'eval/emotion/M030_front_happy_level3_001.mp4');
    const clips = await readEmotionVideo(clip, { analyser, basis, fit: 'stretch', duration: 30 });
    parsePerformance({ version: 1, emotion: clips }, 'test', { styles: [] });
    expect(clips[0]!['source']).toEqual({ kind: 'video', sha256: await hashFile(clip), fit: 'stretch' });
    const smile = clips.find(({ emotion, region }) => emotion === 'happy' && region === 'all')!;
    const curve = smile.intensity as { time: number; value: number }[];
    expect(Math.max(...curve.map(({ value }) => value))).toBeGreaterThan(0.3);
    expect(curve.at(-1)!.time).toBeGreaterThan(28);
    expect(curve.at(-1)!.time).toBeLessThan(30);
  });
});
