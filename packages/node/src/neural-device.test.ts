import { existsSync } from 'node:fs';
import { checkDevice, type TensorRuntime } from '@pctalk/core';
import { afterAll, describe, expect, it } from 'vitest';
import { openDevice } from './neural-device.ts';
import { createNodeRuntime } from './onnx-runtime.ts';

/** Chromium's software Vulkan, where it is installed: WebGPU without a GPU. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const cpu = createNodeRuntime();
const before = process.env['VK_ICD_FILENAMES'];
afterAll(() => {
  if (before === undefined) delete process.env['VK_ICD_FILENAMES'];
  else process.env['VK_ICD_FILENAMES'] = before;
});

/** The CPU with one number wrong, as a faulty kernel would have it. */
const faulty: TensorRuntime = {
  device: 'faulty',
  async load(model) {
    const session = await cpu.load(model);
    return {
      dispose: () => session.dispose(),
      async run(inputs) {
        const outputs = await session.run(inputs);
        for (const { data } of Object.values(outputs)) (data as Float32Array)[7]! += 0.1;
        return outputs;
      },
    };
  },
};

describe('checkDevice', () => {
  it.each(['5d', '2d'] as const)('trusts a device that computes the same, %s form', async (form) => {
    expect(await checkDevice(createNodeRuntime({ threads: 2 }), cpu, form)).toBeLessThan(1e-4);
  });

  it('refuses a device with one wrong number', async () => {
    await expect(checkDevice(faulty, cpu, '5d')).rejects.toMatchObject({ code: 'device-missing' });
  });
});

describe('openDevice', () => {
  it('takes no other device than those listed', async () => {
    const warnings: string[] = [];
    const warn = ({ message }: { readonly message: string }) => warnings.push(message);
    await expect(openDevice(['cuda'], cpu, warn)).rejects.toMatchObject({ code: 'device-missing' });
    expect(warnings).toEqual([]);
    expect((await openDevice(['cuda', 'cpu'], cpu, warn)).runtime).toBe(cpu);
    expect(warnings).toEqual([expect.stringContaining('cuda')]);
  });

  it('draws rightly on WebGPU, by software Vulkan', { timeout: 300_000 }, async (context) => {
    if (!existsSync(SWIFTSHADER)) return context.skip(`no ${SWIFTSHADER} (Debian's chromium)`);
    process.env['VK_ICD_FILENAMES'] = SWIFTSHADER;
    const { runtime, form } = await openDevice(['webgpu'], cpu, () => {});
    expect([runtime.device, form]).toEqual(['webgpu', '2d']);
  });
});
