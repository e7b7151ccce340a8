/**
 * Widens IEEE 754 half-precision numbers.
 * @param bytes little-endian, 2 per number, any alignment.
 * @returns new memory.
 */
export function widenFloat16(bytes: Uint8Array): Float32Array {
  const count = bytes.length >> 1;
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const half = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) bits[i] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) bits[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction > 0) bits[i] = subnormal(sign, fraction);
    else bits[i] = sign;
  }
  return new Float32Array(bits.buffer);
}

function subnormal(sign: number, fraction: number): number {
  const shift = Math.clz32(fraction) - 21; // moves the leading one to bit 10
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13);
}
