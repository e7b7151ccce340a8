import {
  coseLength,
  type ManifestSigner,
  manifestDefinition,
  type ProvenanceFacts,
  type ProvenanceReport,
  READER_SETTINGS,
  reportProvenance,
  reportRefusal,
  signCose,
} from '@pctalk/core';

/** Where `@contentauth/c2pa-wasm`'s `c2pa.wasm` lies. */
export type C2paAddress = string | URL;

type C2pa = typeof import('@contentauth/c2pa-wasm');
let library: Promise<C2pa> | undefined;

/**
 * Puts a signed C2PA manifest into an MP4. Only in workers: the library reads by FileReaderSync.
 * @param mp4 bytes of a finished video
 * @returns new memory
 */
export async function signVideo(
  mp4: Uint8Array,
  facts: ProvenanceFacts,
  signer: ManifestSigner,
  address: C2paAddress,
): Promise<Uint8Array> {
  const { WasmBuilder } = await loadC2pa(address);
  const definition = {
    alg: 'es256',
    reserveSize: coseLength(signer),
    sign: async (claim: Uint8Array) => new Uint8Array(await signCose(claim, signer)),
  };
  const builder = WasmBuilder.fromJson(JSON.stringify(manifestDefinition(facts)));
  try {
    return await builder.sign(definition, [], 'video/mp4', new Blob([mp4 as BufferSource]));
  } finally {
    builder.free();
  }
}

/**
 * Reads and checks the C2PA manifest of an MP4. Works in pages and workers.
 * @returns `NO_PROVENANCE` when the file carries none
 */
export async function verifyVideo(mp4: Uint8Array, address: C2paAddress): Promise<ProvenanceReport> {
  const { WasmReader } = await loadC2pa(address);
  try {
    const reader = await WasmReader.fromBytes('video/mp4', mp4, READER_SETTINGS);
    try {
      return reportProvenance(reader.json());
    } finally {
      reader.free();
    }
  } catch (cause) {
    return reportRefusal(cause);
  }
}

/** SHA-256 of bytes, hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function loadC2pa(address: C2paAddress): Promise<C2pa> {
  library ??= import('@contentauth/c2pa-wasm').then(async (c2pa) => {
    await c2pa.default({ module_or_path: address });
    return c2pa;
  });
  return library;
}
