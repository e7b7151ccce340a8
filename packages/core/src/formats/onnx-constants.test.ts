import { OnnxModel } from '@pctalk/graph';
import { describe, expect, it } from 'vitest';
import { readOnnxConstants } from './onnx-constants.ts';
import { toFloat32 } from './stored-tensor.ts';

describe('readOnnxConstants', () => {
  it('reads what a model stores', () => {
    const model = new OnnxModel('constants');
    model.floats('w', Float32Array.of(1.5, -2, 3, 4), [2, 2]);
    model.integers('axes', [-1, 7]);
    model.output('y', 'float32', [2, 2]);
    model.node('Identity', ['w'], {}, 'y');
    const constants = readOnnxConstants(model.toBytes(), 'x.onnx');
    expect(constants.get('w')).toMatchObject({ type: 'float32', dims: [2, 2] });
    expect([...toFloat32(constants.get('w')!)]).toEqual([1.5, -2, 3, 4]);
    expect([...toFloat32(constants.get('axes')!)]).toEqual([-1, 7]);
  });

  it.each([
    ['a message that is longer than the file', [(7 << 3) | 2, 4, (5 << 3) | 2, 100, 0, 0], /up to byte/],
    ['a type that is not known', [(7 << 3) | 2, 4, (5 << 3) | 2, 2, 2 << 3, 10], /of a type other than/],
  ])('refuses %s', (_, bytes, message) => {
    const read = () => readOnnxConstants(Uint8Array.from(bytes), 'x.onnx');
    expect(read).toThrow(expect.objectContaining({ code: 'model-invalid' }));
    expect(read).toThrow(message);
    expect(read).toThrow(/^x\.onnx: expected an ONNX model/);
  });
});
