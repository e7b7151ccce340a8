/** Pieces of a WebAssembly module's binary form, for kernels assembled by hand. @source WebAssembly 2.0, chapter 5 */

/** A section by number. */
export function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128 of a whole number ≥ 0. */
export function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a signed number. */
export function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

/** local.get */
export function get(local: number): number[] {
  return [0x20, local];
}

/** local.set */
export function set(local: number): number[] {
  return [0x21, local];
}

/** i32.const */
export function constant(value: number): number[] {
  return [0x41, ...signed(value)];
}

/** An instruction of the vector set by number. */
export function simd(code: number): number[] {
  return [0xfd, ...unsigned(code)];
}

/** Compiles a module; none where WebAssembly or its SIMD is missing or a page's policy forbids it. */
export function compileModule(assemble: () => Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = assemble();
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  }
}
