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
    const half = this.#half;
    const [re, im] = [this.#re, this.#im];
    for (let n = 0; n < half; n++) {
      re[n] = signal[2 * n]!;
      im[n] = signal[2 * n + 1]!;
    }
    this.#transform();
    unpack(this.#re, this.#im, this.#cos, this.#sin, out);
  }

  /** Complex transform of length size/2 in place of #re, #im: one Stockham pass for each factor. */
  #transform(): void {
    let groups = this.#half;
    let stride = 1;
    for (const radix of this.#factors) {
      groups /= radix;
      const pass = { radix, groups, stride, size: this.size, cos: this.#cos, sin: this.#sin };
      if (radix === 4) passOfFour(pass, this.#re, this.#im, this.#nextRe, this.#nextIm);
      else passOfAny(pass, this.#re, this.#im, this.#nextRe, this.#nextIm);
      stride *= radix;
      [this.#re, this.#nextRe] = [this.#nextRe, this.#re];
      [this.#im, this.#nextIm] = [this.#nextIm, this.#im];
    }
  }
}

/**
 * One pass of the network.
 *
 * y[q + stride·(radix·p + k)] = w^(p·k) · Σ_j x[q + stride·(p + groups·j)] · exp(−2πi·j·k/radix), w = exp(−2πi/(groups·radix))
 */
interface Pass {
  readonly radix: number;
  readonly groups: number;
  readonly stride: number;
  /** Length of the tables: cos[k] = cos(2πk / size). */
  readonly size: number;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function passOfAny(pass: Pass, re: Float64Array, im: Float64Array, outRe: Float64Array, outIm: Float64Array): void {
  const { radix, groups, stride, size, cos, sin } = pass;
  const root = size / radix;
  const twiddle = size / (groups * radix);
  for (let p = 0; p < groups; p++) {
    for (let k = 0; k < radix; k++) {
      const turn = (p * k * twiddle) % size;
      const wRe = cos[turn]!;
      const wIm = -sin[turn]!;
      const target = stride * (radix * p + k);
      for (let q = 0; q < stride; q++) {
        let sumRe = 0;
        let sumIm = 0;
        for (let j = 0; j < radix; j++) {
          const angle = ((j * k) % radix) * root;
          const index = q + stride * (p + groups * j);
          sumRe += re[index]! * cos[angle]! + im[index]! * sin[angle]!;
          sumIm += im[index]! * cos[angle]! - re[index]! * sin[angle]!;
        }
        outRe[target + q] = sumRe * wRe - sumIm * wIm;
        outIm[target + q] = sumRe * wIm + sumIm * wRe;
      }
    }
  }
}

/** `passOfAny` for radix 4, whose inner factors are ±1 and ±i. */
function passOfFour(pass: Pass, re: Float64Array, im: Float64Array, outRe: Float64Array, outIm: Float64Array): void {
  const { groups, stride, size, cos, sin } = pass;
  const twiddle = size / (groups * 4);
  const quarter = stride * groups;
  for (let p = 0; p < groups; p++) {
    const w1Re = cos[p * twiddle]!;
    const w1Im = -sin[p * twiddle]!;
    const w2Re = cos[2 * p * twiddle]!;
    const w2Im = -sin[2 * p * twiddle]!;
    const w3Re = cos[3 * p * twiddle]!;
    const w3Im = -sin[3 * p * twiddle]!;
    for (let q = 0; q < stride; q++) {
      const i0 = q + stride * p;
      const i1 = i0 + quarter;
      const i2 = i1 + quarter;
      const i3 = i2 + quarter;
      const sumRe = re[i0]! + re[i2]!;
      const sumIm = im[i0]! + im[i2]!;
      const differenceRe = re[i0]! - re[i2]!;
      const differenceIm = im[i0]! - im[i2]!;
      const oddRe = re[i1]! + re[i3]!;
      const oddIm = im[i1]! + im[i3]!;
      const turnedRe = im[i1]! - im[i3]!; // −i · (x1 − x3)
      const turnedIm = re[i3]! - re[i1]!;
      const target = q + stride * 4 * p;
      outRe[target] = sumRe + oddRe;
      outIm[target] = sumIm + oddIm;
      const y1Re = differenceRe + turnedRe;
      const y1Im = differenceIm + turnedIm;
      outRe[target + stride] = y1Re * w1Re - y1Im * w1Im;
      outIm[target + stride] = y1Re * w1Im + y1Im * w1Re;
      const y2Re = sumRe - oddRe;
      const y2Im = sumIm - oddIm;
      outRe[target + 2 * stride] = y2Re * w2Re - y2Im * w2Im;
      outIm[target + 2 * stride] = y2Re * w2Im + y2Im * w2Re;
      const y3Re = differenceRe - turnedRe;
      const y3Im = differenceIm - turnedIm;
      outRe[target + 3 * stride] = y3Re * w3Re - y3Im * w3Im;
      outIm[target + 3 * stride] = y3Re * w3Im + y3Im * w3Re;
    }
  }
}

/** |X[k]| of a real signal from the transform of its even and odd samples taken as one complex signal. */
function unpack(re: Float64Array, im: Float64Array, cos: Float64Array, sin: Float64Array, out: Float64Array): void {
  const half = re.length;
  for (let k = 0; k <= half; k++) {
    const a = k === half ? 0 : k;
    const b = k === 0 ? 0 : half - k;
    const evenRe = (re[a]! + re[b]!) / 2;
    const evenIm = (im[a]! - im[b]!) / 2;
    const oddRe = (im[a]! + im[b]!) / 2;
    const oddIm = (re[b]! - re[a]!) / 2;
    const x = evenRe + cos[k]! * oddRe + sin[k]! * oddIm;
    const y = evenIm + cos[k]! * oddIm - sin[k]! * oddRe;
    out[k] = Math.sqrt(x * x + y * y);
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
