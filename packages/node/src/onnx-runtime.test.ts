import { OnnxModel } from '@pctalk/graph';
import { expect, it } from 'vitest';
import { createNodeRuntime } from './onnx-runtime.ts';

it('runs a model and refuses to after disposal', async () => {
  const model = new OnnxModel('sum');
  const [a, b] = [model.input('a', 'float32', [2, 'n']), model.input('b', 'float32', [2, 'n'])];
  model.node('Add', [a, b], {}, 'sum');
  model.output('sum', 'float32', [2, 'n']);
  const session = await createNodeRuntime().load(model.toBytes());
  const feeds = {
    a: { dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    b: { dims: [2, 2], data: Float32Array.of(10, 20, 30, 40) },
  };
  const { sum } = await session.run(feeds);
  expect(sum!.dims).toEqual([2, 2]);
  expect([...sum!.data]).toEqual([11, 22, 33, 44]);
  await session.dispose();
  await expect(session.run(feeds)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('disposed'),
  });
});

it('refuses bytes that are no model', async () => {
  const load = createNodeRuntime().load(new Uint8Array([1, 2, 3, 4]));
  await expect(load).rejects.toMatchObject({ name: 'PcTalkError', code: 'model-invalid' });
});

it('does not fall back when a device is missing', async () => {
  const model = new OnnxModel('same');
  model.node('Identity', [model.input('a', 'float32', [1])], {}, 'b');
  model.output('b', 'float32', [1]);
  const load = createNodeRuntime({ device: 'cuda' }).load(model.toBytes());
  const outcome = await load.then(
    (session) => session.dispose().then(() => 'loaded'),
    (error: { code: string }) => error.code,
  );
  // A machine with CUDA loads it; all others must say that it is not there.
  expect(['loaded', 'device-missing']).toContain(outcome);
});
