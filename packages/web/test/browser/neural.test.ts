/** The large networks of the neural path in a browser, at the sizes of the device check. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumOrReason, WEBGPU_FLAGS } from './chromium.ts';
import type { Laboratory } from './laboratory.page.ts';
import { type LaboratoryPage, openLaboratory } from './laboratory.ts';

declare const laboratory: Laboratory;

const chromium = chromiumOrReason('neural networks in the browser');

describe.skipIf(chromium === undefined)('W and G at reduced size in the browser', { timeout: 240_000 }, () => {
  let lab: LaboratoryPage;
  beforeAll(async () => {
    lab = await openLaboratory(chromium!, {}, WEBGPU_FLAGS);
  }, 120_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('draw the same on WebGPU, by software Vulkan, as on WebAssembly', async () => {
    const difference = await lab.page.evaluate(async () => {
      const { core, web } = laboratory;
      const wasm = await web.createWebRuntime({ device: 'wasm', wasmPaths: '/ort/' });
      const webgpu = await web.createWebRuntime({ device: 'webgpu', wasmPaths: '/ort/' });
      return core.checkDevice(webgpu, wasm, '2d');
    });
    expect(difference).toBeLessThan(1e-3);
  });
});
