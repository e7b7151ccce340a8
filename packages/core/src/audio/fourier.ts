import { invariant } from '../errors.ts';

/**
 * Power-friendly discrete Fourier transform of real signals, any length whose half has only the factors 2, 3 and 5.
 *
 * X[k] = Σ_n x[n] · exp(−2πi·k·n / size), k = 0 … size/2. The real signal is packed as size/2 complex numbers, transformed
 * by a mixed-radix Stockham network, and unpacked; all in double precision. One instance serves one caller at a time.
 */
export class RealFourier {
  readonly size: number;
  readonly #half: number;
  readonly #factors: readonly number[];
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  #re: Float64Array;
  #im: Float64Array;
  #nextRe: Float64Array;
  #nextIm: Float64Array;

  /** @param size number of samples; even, and size/2 a product of 2, 3 and 5. */
  constructor(size: number) {
    this.size = size;
    this.#half = size / 2;
    this.#factors = factorise(this.#half);
    this.#cos = Float64Array.from({ length: size }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: size }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.#re = new Float64Array(this.#half);
    this.#im = new Float64Array(this.#half);
    this.#nextRe = new Float64Array(this.#half);
    this.#nextIm = new Float64Array(this.#half);
  }

  /**
   * @param signal `[size]`
   * @param out `[size/2 + 1]` receives |X[k]|
   */
  magnitudes(signal: Float64Array, out: Float64Array): void {
    const { size } = this;
    const half = this.#half;
    for (let n = 0; n < half; n++) {
      this.#re[n] = signal[2 * n] as number;
      this.#im[n] = signal[2 * n + 1] as number;
    }
    this.#transform();
    for (let k = 0; k <= half; k++) {
      const a = k === half ? 0 : k;
      const b = k === 0 ? 0 : half - k;
      const evenRe = ((this.#re[a] as number) + (this.#re[b] as number)) / 2;
      const evenIm = ((this.#im[a] as number) - (this.#im[b] as number)) / 2;
      const oddRe = ((this.#im[a] as number) + (this.#im[b] as number)) / 2;
      const oddIm = ((this.#re[b] as number) - (this.#re[a] as number)) / 2;
      const c = this.#cos[k % size] as number;
      const s = this.#sin[k % size] as number;
      const re = evenRe + c * oddRe + s * oddIm;
      const im = evenIm + c * oddIm - s * oddRe;
      out[k] = Math.sqrt(re * re + im * im);
    }
  }

  /** Complex transform of length size/2 in place of #re, #im: one Stockham pass for each factor. */
  #transform(): void {
    let groups = this.#half;
    let stride = 1;
    for (const radix of this.#factors) {
      groups /= radix;
      this.#pass(radix, groups, stride);
      stride *= radix;
      [this.#re, this.#nextRe] = [this.#nextRe, this.#re];
      [this.#im, this.#nextIm] = [this.#nextIm, this.#im];
    }
  }

  /** y[q + stride·(radix·p + k)] = w^(p·k) · Σ_j x[q + stride·(p + groups·j)] · exp(−2πi·j·k/radix), w = exp(−2πi/(groups·radix)). */
  #pass(radix: number, groups: number, stride: number): void {
    const { size } = this;
    const root = size / radix;
    const twiddle = size / (groups * radix);
    for (let p = 0; p < groups; p++) {
      for (let k = 0; k < radix; k++) {
        const turn = (p * k * twiddle) % size;
        const wRe = this.#cos[turn] as number;
        const wIm = -(this.#sin[turn] as number);
        const target = stride * (radix * p + k);
        for (let q = 0; q < stride; q++) {
          let re = 0;
          let im = 0;
          for (let j = 0; j < radix; j++) {
            const angle = ((j * k) % radix) * root;
            const c = this.#cos[angle] as number;
            const s = this.#sin[angle] as number;
            const index = q + stride * (p + groups * j);
            const xRe = this.#re[index] as number;
            const xIm = this.#im[index] as number;
            re += xRe * c + xIm * s;
            im += xIm * c - xRe * s;
          }
          this.#nextRe[target + q] = re * wRe - im * wIm;
          this.#nextIm[target + q] = re * wIm + im * wRe;
        }
      }
    }
  }
}

function factorise(length: number): readonly number[] {
  const factors: number[] = [];
  let rest = length;
  for (const factor of [4, 5, 3, 2]) {
    while (rest % factor === 0) {
      factors.push(factor);
      rest /= factor;
    }
  }
  invariant(rest === 1, `a Fourier transform of half length ${length} has a factor other than 2, 3, 5`);
  return factors;
}
