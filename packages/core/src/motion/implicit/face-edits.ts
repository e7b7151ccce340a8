/** Named edits of an expression in the implicit space: LivePortrait's sliders. */

type Delta = readonly [keypoint: number, axis: number, value: number];
const X = 0;
const Y = 1;
const Z = 2;

/** What one unit of an edit adds to δ. @source KwaiVGI/LivePortrait src/gradio_pipeline.py (slider deltas) */
export const FACE_EDITS = {
  smile: [
    [20, Y, -0.01], [14, Y, -0.02], [17, Y, 0.0065], [17, Z, 0.003],
    [13, Y, -0.00275], [16, Y, -0.00275], [3, Y, -0.0035], [7, Y, -0.0035],
  ],
  mouthOpen: [[19, Y, 0.001], [19, Z, 0.0001], [17, Y, -0.0001]],
  grin: [[20, Z, -0.001], [20, Y, -0.001], [14, Y, -0.001]],
  pursing: [[14, Y, 0.001], [3, Y, -0.0005], [7, Y, -0.0005], [17, Z, -0.0005]],
  pouting: [[19, X, 1]],
  wink: [[11, Y, 0.001], [13, Y, -0.0003], [17, X, 0.0003], [17, Y, 0.0003], [3, Y, -0.0003]],
  browUp: [[1, Y, 0.001], [2, Y, -0.001]],
  browDown: [[1, X, 0.001], [2, X, -0.001], [1, Y, -0.0003], [2, Y, 0.0003]],
  gazeRight: [[11, X, 0.0007], [15, X, 0.001]],
  gazeLeft: [[11, X, -0.001], [15, X, -0.0007]],
  /** Negative values close the eyes. */
  eyesOpen: [[11, Y, -0.001], [13, Y, 0.0003], [15, Y, -0.001], [16, Y, 0.0003]],
} as const satisfies Readonly<Record<string, readonly Delta[]>>; // biome-ignore format: one edit a line
export type FaceEdit = keyof typeof FACE_EDITS;

/** `eyesOpen` at which the lids meet. */
export const LIDS_CLOSED = -20;

/** δ ← δ + amount · edit. @param expression `[21 × 3]`, changed in place. */
export function addFaceEdit(expression: Float32Array, edit: FaceEdit, amount: number): void {
  for (const [keypoint, axis, value] of FACE_EDITS[edit]) expression[keypoint * 3 + axis]! += amount * value;
}
