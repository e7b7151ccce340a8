import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFaceAnalyser } from '@pctalk/core';
import { createNodeRuntime, decodeImage, loadFaceAssets } from '@pctalk/node';
import { expect, it } from 'vitest';
import { createExpressionJudge, verdict } from './expression-judge.ts';

const PORTRAITS = join(process.env['PCTALK_SHARED'] ?? '../shared', 'media/portraits');
const isThere = existsSync(PORTRAITS);
if (!isThere) console.log(`expression judge: skipped, there is no ${PORTRAITS}`);

it.skipIf(!isThere)('tells a smile from a calm face', async () => {
  const runtime = createNodeRuntime();
  const analyser = await createFaceAnalyser(runtime, await loadFaceAssets());
  const judge = await createExpressionJudge(runtime, analyser);
  const answer = async (name: string) => verdict((await judge.judgeLargest(await decodeImage(join(PORTRAITS, name))))!);
  expect(await answer('outdoor-child-smile.jpg')).toBe('happy');
  expect(await answer('studio-young-man.jpg')).toBe('neutral');
  await judge.dispose();
  await analyser.dispose();
});
