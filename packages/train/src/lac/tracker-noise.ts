import type { Random } from '../speech/sentences.ts';

/** Spread of jitter, drift and error of the neutral face at most, U. @source tracked clips: jitter in silence .001–.005 U */
const JITTER = 0.005;
const DRIFT = 0.008;
const OFFSET = 0.008;

/**
 * What tracking adds to measured lips: jitter, a slow drift, an offset since the neutral face is only estimated, and a
 * mouth drawn a little larger or smaller. @param rows `[T × width]`, U, changed in place.
 */
export function addTrackerNoise(rows: Float32Array, width: number, random: Random): void {
  const size = random() ** 2;
  const gain = 0.94 + 0.12 * random();
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (let m = 0; m < width; m++) {
    const offset = OFFSET * 0.5 * normal();
    let drift = 0;
    for (let t = 0; t < rows.length / width; t++) {
      drift = 0.97 * drift + 0.24 * normal();
      const at = t * width + m;
      rows[at] = rows[at]! * gain + offset + size * (0.5 * DRIFT * drift + JITTER * normal());
    }
  }
}
