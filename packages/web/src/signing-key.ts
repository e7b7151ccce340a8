import { createSigningIdentity, ES256, type ManifestSigner } from '@pctalk/core';

/** A signer that lives as long as the page: P-256 by WebCrypto, its private keys not extractable. */
export async function createEphemeralSigner(): Promise<ManifestSigner> {
  const { keys, chain } = await createSigningIdentity<CryptoKeyPair>(crypto, {
    subject: 'pctalk in a browser',
    authority: 'pctalk browser authority',
    validDays: 365,
    extractable: false,
  });
  return {
    chain: chain.map(({ rawData }) => new Uint8Array(rawData)),
    sign: async (data) => new Uint8Array(await crypto.subtle.sign(ES256, keys.privateKey, data as BufferSource)),
  };
}
