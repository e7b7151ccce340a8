import { fileURLToPath } from 'node:url';
import { createNodeRuntime, readEar } from '@pctalk/node';
import { describe, expect, it } from 'vitest';
import { hasEar } from '../../../node/test/has-ear.ts';
import { chromiumOrReason } from './chromium.ts';
import { hearFully } from './experiments.ts';
import type { Laboratory } from './laboratory.page.ts';
import { openLaboratory } from './laboratory.ts';
import { readSpeech } from './media.ts';

declare const laboratory: Laboratory;

const chromium = chromiumOrReason('the full ear in the browser');
const sample = fileURLToPath(new URL('../../../core/assets/sample/speech.wav', import.meta.url));

describe.skipIf(!hasEar('the full ear in the browser') || chromium === undefined)(
  'the full ear',
  { timeout: 120_000 },
  () => {
    it('hears in the browser what it hears in Node', async () => {
      const files = await readEar();
      const speech = (await readSpeech(sample)).slice(0, 32_000);
      const inNode = await hearFully(createNodeRuntime({ threads: 1 }), files, speech);
      await using lab = await openLaboratory(chromium!, {
        '/encoder': files.encoder,
        '/scale': files.scale,
        '/speech.f32': new Uint8Array(speech.buffer),
        '/rows.f32': new Uint8Array(inNode.rows.buffer),
      });
      const { worst, milliseconds } = await lab.page.evaluate(async () => {
        const { web, hearFully, fetchBytes, fetchFloats } = laboratory;
        const runtime = await web.createWebRuntime({ wasmPaths: '/ort/' });
        const files = { encoder: await fetchBytes('/encoder'), scale: await fetchBytes('/scale') };
        const heard = await hearFully(runtime, files, await fetchFloats('/speech.f32'));
        const expected = await fetchFloats('/rows.f32');
        let worst = heard.rows.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
        for (const [i, x] of expected.entries()) worst = Math.max(worst, Math.abs(x - heard.rows[i]!));
        return { worst, milliseconds: heard.milliseconds };
      });
      console.info(
        `full ear: ${milliseconds.toFixed(1)} ms a frame in Chromium, ${inNode.milliseconds.toFixed(1)} in Node`,
      );
      expect(worst).toBeLessThan(1e-3);
    });
  },
);
