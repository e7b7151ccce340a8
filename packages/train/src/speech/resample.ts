/** Plays a sound `speed` times as fast (pitch and formants rise with it), by cubic interpolation. */
export function changeSpeed(samples: Float32Array, speed: number): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / speed));
  const last = samples.length - 1;
  for (let n = 0; n < out.length; n++) {
    const place = n * speed;
    const i = Math.floor(place);
    const f = place - i;
    const a = samples[Math.max(0, i - 1)] as number;
    const b = samples[i] as number;
    const c = samples[Math.min(last, i + 1)] as number;
    const d = samples[Math.min(last, i + 2)] as number;
    out[n] = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
  }
  return out;
}
