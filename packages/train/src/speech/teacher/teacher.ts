import { readFileSync } from 'node:fs';
import { PHONE_CLASSES, type TensorRuntime, type TensorSession } from '@pctalk/core';
import { copyWindow, WINDOW_WIDTH } from './heard-clips.ts';
import { RECOGNISER_WIDTH } from './recogniser.ts';
import { TEACHER_ROWS } from './teacher-network.ts';

/** The trained phone classifier. */
export class Teacher {
  readonly #session: TensorSession;

  private constructor(session: TensorSession) {
    this.#session = session;
  }

  static async create(runtime: TensorRuntime, path: string): Promise<Teacher> {
    return new Teacher(await runtime.load(readFileSync(path)));
  }

  /** @param heard the recogniser's rows. @returns posteriors `[rows × 26]`. */
  async classify(heard: Float32Array): Promise<Float32Array> {
    const rows = heard.length / RECOGNISER_WIDTH;
    const width = PHONE_CLASSES.length;
    const out = new Float32Array(rows * width);
    const windows = new Float32Array(TEACHER_ROWS * WINDOW_WIDTH);
    for (let first = 0; first < rows; first += TEACHER_ROWS) {
      const count = Math.min(TEACHER_ROWS, rows - first);
      for (let i = 0; i < count; i++) {
        copyWindow(heard, first + i, windows.subarray(i * WINDOW_WIDTH, (i + 1) * WINDOW_WIDTH));
      }
      const { phones } = await this.#session.run({ windows: { dims: [TEACHER_ROWS, WINDOW_WIDTH], data: windows } });
      out.set((phones!.data as Float32Array).subarray(0, count * width), first * width);
    }
    return out;
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }
}
