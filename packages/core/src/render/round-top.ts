import { TEXTURE_MARGIN, TEXTURE_SIZE } from './photo-texture.ts';
import { FRAME_SIZE } from './renderer.ts';

/** Of the person, where the frame's upper border cuts it. */
const PERSON = 128;
/** Height of what is added over half the width of the cut, and at most, pixels. */
const STEEP = 0.4;
const HIGHEST = TEXTURE_MARGIN - 2;
/** What is not quite person ends this far above the border, pixels. */
const FRINGE = 5;

/**
 * Rounds off hair that the frame's upper border cuts, so that a head which nods shows a crown instead of a column: the
 * border's samples above the photo keep the person within half an ellipse over each cut.
 * @param texture premultiplied samples of the person `[TEXTURE_SIZE²]`, changed. @param alpha `[512²]`.
 */
export function roundTop(texture: Int32Array, alpha: Uint8Array): void {
  const bytes = new Uint8ClampedArray(texture.buffer, texture.byteOffset, texture.byteLength);
  const cuts = cutsOf(alpha);
  for (let row = 0; row < 2 * TEXTURE_MARGIN; row++) {
    const above = TEXTURE_MARGIN - row / 2;
    for (let column = 0; column < TEXTURE_SIZE; column++) {
      const x = Math.max(0, Math.min(FRAME_SIZE - 1, column / 2 - TEXTURE_MARGIN));
      let share = Math.max(0, 1 - above / FRINGE);
      for (const { middle, half } of cuts) {
        const height = Math.min(HIGHEST, STEEP * half);
        const width = half * Math.sqrt(Math.max(0, 1 - (above / height) ** 2));
        if (Math.abs(x - middle) <= half) share = Math.max(0, Math.min(1, width - Math.abs(x - middle)));
      }
      if (share === 1) continue;
      const at = (row * TEXTURE_SIZE + column) * 4;
      for (let c = at; c < at + 4; c++) bytes[c] = bytes[c]! * share;
    }
  }
}

/** The stretches of the topmost row that show the person. */
function cutsOf(alpha: Uint8Array): { readonly middle: number; readonly half: number }[] {
  const cuts: { middle: number; half: number }[] = [];
  for (let x = 0; x < FRAME_SIZE; x++) {
    if (alpha[x]! < PERSON) continue;
    const from = x;
    while (x < FRAME_SIZE && alpha[x]! >= PERSON) x++;
    cuts.push({ middle: (from + x - 1) / 2, half: (x - from) / 2 });
  }
  return cuts;
}
