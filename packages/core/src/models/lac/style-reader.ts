import { PcTalkError } from '../../errors.ts';
import type { TensorRuntime, TensorSession } from '../../tensor-runtime.ts';
import { LIP_MEASURES } from './lip-geometry.ts';
import { MESH_STYLE_ENCODER } from './mesh-lac.ts';

/** A loaded style encoder. Who creates it disposes it. */
export interface StyleReader {
  /**
   * Reads a manner of speaking off lips that speak.
   * @param measures `[T × 9]`: `LIP_MEASURES` at 25 fps relative to rest, U; T ≥ 100.
   * @returns e_s `[192]`: the mean over windows of 4 s that overlap by half, new memory.
   * @throws `value-out-of-range`
   */
  read(measures: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const WIDTH = LIP_MEASURES.length;
const { period: WINDOW } = MESH_STYLE_ENCODER;

/** Loads the style encoder. @param model bytes of assets/style-encoder.onnx. @throws `model-invalid` */
export async function createStyleReader(runtime: TensorRuntime, model: Uint8Array): Promise<StyleReader> {
  const session = await runtime.load(model);
  return { read: (measures) => read(session, measures), dispose: () => session.dispose() };
}

async function read(session: TensorSession, measures: Float32Array): Promise<Float32Array> {
  const frames = measures.length / WIDTH;
  if (frames < WINDOW) {
    throw new PcTalkError(
      'value-out-of-range',
      `style reference: expected at least ${WINDOW / 25} s of speech, got ${(frames / 25).toFixed(1)} s; use a longer clip`,
    );
  }
  const count = 1 + Math.floor((frames - WINDOW) / (WINDOW / 2));
  const out = new Float32Array(MESH_STYLE_ENCODER.width);
  for (let n = 0; n < count; n++) {
    // The last window ends with the clip.
    const start = count === 1 ? frames - WINDOW : Math.round((n * (frames - WINDOW)) / (count - 1));
    const data = measures.slice(start * WIDTH, (start + WINDOW) * WIDTH);
    const given = (await session.run({ measures: { dims: [1, WINDOW, WIDTH], data } }))['embedding']!;
    for (let i = 0; i < out.length; i++) out[i]! += (given.data as Float32Array)[i]! / count;
  }
  return out;
}
