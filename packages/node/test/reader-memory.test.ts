import { describe, expect, it } from 'vitest';
import { memoryOf } from './child-memory.ts';

const FORMATS = new URL('../../core/src/formats/', import.meta.url).href;
const HELPERS = new URL('../../core/test/helpers/', import.meta.url).href;
const MB = 2 ** 20;
const SIZE = 12 * MB;

/** What makes `bytes` of about `SIZE`, and who reads them. A reader may take three times the file and 64 MB, the file included. */
const HOSTILE: Readonly<
  Record<string, readonly [make: string, read: 'pickle' | 'template' | 'weights' | 'safetensors']>
> = {
  'nothing but None': [`Buffer.alloc(SIZE, 'N')`, 'pickle'],
  'nothing but marks': [`Buffer.alloc(SIZE, '(')`, 'pickle'],
  'nothing but lists': [`Buffer.alloc(SIZE, ']')`, 'pickle'],
  'nothing but dicts': [`Buffer.alloc(SIZE, '}')`, 'pickle'],
  'nothing but empty bytes': [`Buffer.alloc(SIZE, 'C\\0')`, 'pickle'],
  'nothing but empty texts': [`Buffer.alloc(SIZE, Buffer.from([0x8c, 0]))`, 'pickle'],
  'a memo of everything': [`Buffer.alloc(SIZE, Buffer.from([0x4e, 0x94, 0x30]))`, 'pickle'],
  'one text of bytes': [
    `Buffer.concat([Buffer.from([0x54]), little(SIZE), Buffer.alloc(SIZE, 'a'), Buffer.from('.')])`,
    'pickle',
  ],
  'one text of escapes': [
    `Buffer.concat([Buffer.from('V'), Buffer.alloc(SIZE, '\\\\u0041'), Buffer.from('\\n.')])`,
    'pickle',
  ],
  'one dict shared by all frames': [
    `Buffer.concat([Buffer.from([0x80, 4, 0x7d, 0x8c, 6]), Buffer.from('motion'), Buffer.from([0x5d, 0x28]),
      writePickle(FRAME, 4).subarray(2, -1), Buffer.from([0x94]), Buffer.alloc(SIZE, Buffer.from([0x68, 0])), Buffer.from('es.')])`,
    'template',
  ],
  'a text turned into bytes again and again': [
    `Buffer.concat([Buffer.from([0x80, 4, 0x54]), little(MB), Buffer.alloc(MB, 'a'), Buffer.from([0x85, 0x94]),
      Buffer.from('0'), Buffer.alloc(SIZE, Buffer.from('c_codecs\\nencode\\nh\\0R', 'latin1'))])`,
    'template',
  ],
  'tensors strided over one storage': [
    `writeCheckpoint(new Map(Array.from({ length: 100 }, (_, i) =>
      ['t' + i, new TensorNode({ type: 'float32', dims: [1024, 1024], strides: [1, 1024], storage: STORAGE })])))`,
    'weights',
  ],
  'JSON of numbers': [`Buffer.from('[' + '0,'.repeat(SIZE / 2) + '0]')`, 'template'],
  'JSON of objects': [`Buffer.from('{"frames":[' + '{},'.repeat(SIZE / 3) + '0]}')`, 'template'],
  'JSON of one text': [`Buffer.from('{"frames":["€' + 'x'.repeat(SIZE) + '"]}')`, 'template'],
  'JSON of names': [
    `Buffer.from('{' + Array.from({ length: SIZE / 14 }, (_, i) => '"' + i.toString(36).padStart(8, '0') + '":0').join() + '}')`,
    'template',
  ],
  'a header of names': [
    `(() => { const text = '{' + Array.from({ length: SIZE / 14 }, (_, i) => '"' + i.toString(36).padStart(8, '0') + '":0').join() + '}';
      const file = Buffer.alloc(8 + text.length); file.writeBigUInt64LE(BigInt(text.length)); file.write(text, 8); return file; })()`,
    'safetensors',
  ],
};

const READ = {
  pickle: 'core.readMotionTemplate(bytes, "x")',
  template: 'core.readMotionTemplate(bytes, "x")',
  weights: 'core.readTorchCheckpoint(bytes, "x")',
  safetensors: 'core.readSafetensors(bytes)',
} as const;

async function measure(make: string, read: string) {
  return memoryOf(`
    const core = {};
    for (const name of ['motion-template', 'torch-checkpoint', 'safetensors']) Object.assign(core, await import(${JSON.stringify(FORMATS)} + name + '.ts'));
    const { writeCheckpoint, TensorNode } = await import(${JSON.stringify(`${HELPERS}checkpoint-writer.ts`)});
    const { Call, Global, Tuple, writePickle } = await import(${JSON.stringify(`${HELPERS}pickle-writer.ts`)});
    const MB = ${MB}, SIZE = ${SIZE}, STORAGE = new Float32Array(MB);
    const array = (n) => new Call(new Global('numpy.core.numeric', '_frombuffer'),
      [new Uint8Array(4 * n), new Call(new Global('numpy', 'dtype'), ['f4']), new Tuple(n), 'C']);
    const FRAME = new Map([['scale', array(1)], ['R', array(9)], ['exp', array(63)], ['t', array(3)]]);
    const little = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
    const bytes = new Uint8Array(${make});
    start();
    let end = 'read';
    try { const value = ${read}; end = 'read ' + (value.frames?.length ?? ''); } catch (error) { end = error.code ?? String(error); }
    console.log(bytes.length, end);
  `);
}

describe('readers of weights, templates and JSON', () => {
  it.each(Object.entries(HOSTILE))('stay under three times the file and 64 MB: %s', async (_, [make, read]) => {
    const { grownMb, printed } = await measure(make, READ[read]);
    const [bytes, end] = printed.split(' ');
    expect(end).toBe('model-invalid');
    expect(grownMb).toBeLessThan((2 * Number(bytes)) / MB + 64);
  });

  it('read a long template of each kind within the same', async () => {
    const json = `(() => { const list = Array.from({ length: 63 }, (_, i) => Math.sin(i) / 7);
      const frame = JSON.stringify({ scale: 1.5, rotation: list.slice(0, 9), expression: list, translation: list.slice(0, 3), keypoints: list });
      return Buffer.from('{"kind":"pctalk-motion-template","version":1,"fps":25,"frames":[' + Array(5000).fill(frame).join() + ']}'); })()`;
    const { grownMb, printed } = await measure(json, READ.template);
    const [bytes, ...end] = printed.split(' ');
    expect(end).toEqual(['read', '5000']);
    expect(grownMb).toBeLessThan((2 * Number(bytes)) / MB + 64);
  });
});
