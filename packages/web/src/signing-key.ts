import type { ManifestSigner } from '@pctalk/core';

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_DAYS = 365;
const DAY = 24 * 3600 * 1000;
/** Extended key usages a C2PA signer may have: here e-mail protection. @source C2PA 2.2 §14.5.1 */
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

/**
 * A signer that lives as long as the page: P-256 by WebCrypto, its private keys not extractable, certified by an
 * authority made in the same breath. It proves that a video was not changed afterwards, not who made it.
 */
export async function createEphemeralSigner(): Promise<ManifestSigner> {
  await import('reflect-metadata'); // @peculiar/x509 expects it.
  const x509 = await import('@peculiar/x509');
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const newKeys = () => crypto.subtle.generateKey(ES256, false, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  const [issuerKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const now = Date.now();
  const period = {
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + VALID_DAYS * DAY),
    signingAlgorithm: ES256,
  };
  const issuer = await x509.X509CertificateGenerator.createSelfSigned({
    ...period,
    serialNumber: newSerialNumber(),
    name: 'CN=pctalk browser authority, O=pctalk (self-signed)',
    keys: issuerKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(issuerKeys.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...period,
    serialNumber: newSerialNumber(),
    subject: 'CN=pctalk in a browser, O=pctalk (self-signed)',
    issuer: issuer.subject,
    signingKey: issuerKeys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([EMAIL_PROTECTION]),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    chain: [certificate, issuer].map(({ rawData }) => new Uint8Array(rawData)),
    sign: async (data) => new Uint8Array(await crypto.subtle.sign(ES256, keys.privateKey, data as BufferSource)),
  };
}

function newSerialNumber(): string {
  const random = crypto.getRandomValues(new Uint8Array(15));
  return `01${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
