/**
 * float32 as IEEE 754 binary16, rounded to nearest, ties to even; numbers beyond ±65504 become infinite.
 * @returns little-endian bytes, new memory.
 */
export function halfBytes(data: Float32Array): Uint8Array {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const out = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = halfBits(bits[i]!);
  return new Uint8Array(out.buffer);
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | 0x7c00 | (magnitude > 0x7f800000 ? 0x200 : 0);
  const exponent = (magnitude >>> 23) - 112;
  if (exponent >= 31) return sign | 0x7c00;
  // A number too small for a full exponent keeps fewer bits of its mantissa.
  const lost = exponent > 0 ? 13 : 14 - exponent;
  if (lost > 24) return sign;
  const mantissa = exponent > 0 ? magnitude - (112 << 23) : (magnitude & 0x7fffff) | 0x800000;
  const kept = mantissa >>> lost;
  const rest = mantissa & ((1 << lost) - 1);
  const middle = 1 << (lost - 1);
  return sign | (kept + (rest > middle || (rest === middle && kept & 1) ? 1 : 0));
}
