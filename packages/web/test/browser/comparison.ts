// How the tests compare pictures and curves; runs in Node and in the page.

/** Share of pixels whose channels all differ by at most 2. @param a RGBA @param b RGBA of the same size */
export function shareOfEqualPixels(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let equal = 0;
  for (let i = 0; i < a.length; i += 4) {
    const worst = Math.max(Math.abs(a[i]! - b[i]!), Math.abs(a[i + 1]! - b[i + 1]!), Math.abs(a[i + 2]! - b[i + 2]!));
    if (worst <= 2) equal++;
  }
  return (4 * equal) / a.length;
}

/** Peak signal-to-noise ratio of 8-bit pictures, dB. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / b.length));
}

/** Largest absolute difference of two arrays of one length. */
export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}
