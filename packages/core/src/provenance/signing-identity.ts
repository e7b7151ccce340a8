import type { X509Certificate } from '@peculiar/x509';

/** P-256 with SHA-256, the curve of every key here. */
export const ES256 = Object.freeze({ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const);

/** Extended key usages a C2PA signer may have: here e-mail protection. @source C2PA 2.2 §14.5.1 */
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
const DAY = 24 * 3600 * 1000;

/** What sets one kind of installation's certificates apart from another's. */
export interface IdentityOptions {
  /** Common name of the certificate that signs, and of the authority that issues it. */
  readonly subject: string;
  readonly authority: string;
  /** Days from now on; the certificates also hold for the day before, since clocks differ. */
  readonly validDays: number;
  /** Whether the private key may be taken out of the provider, to be kept. */
  readonly extractable: boolean;
}

/** A key pair and the certificates that speak for it: its own, then its authority's. */
export interface SigningIdentity<Keys> {
  readonly keys: Keys;
  readonly chain: readonly [certificate: X509Certificate, authority: X509Certificate];
}

/** The part of WebCrypto used here, as Node and browsers have it. */
interface KeyProvider<Keys> {
  readonly subtle: { generateKey(algorithm: typeof ES256, extractable: boolean, usages: string[]): Promise<Keys> };
  getRandomValues(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/**
 * Makes a P-256 key and an authority of its own that certifies it. It proves that a video was not changed afterwards, not
 * who made it.
 * @param crypto WebCrypto of the platform.
 */
export async function createSigningIdentity<Keys extends { readonly publicKey: object; readonly privateKey: object }>(
  crypto: unknown,
  { subject, authority, validDays, extractable }: IdentityOptions,
): Promise<SigningIdentity<Keys>> {
  await import('reflect-metadata'); // @peculiar/x509 expects it.
  const x509 = await import('@peculiar/x509');
  const provider = crypto as KeyProvider<Keys>;
  x509.cryptoProvider.set(crypto as Parameters<typeof x509.cryptoProvider.set>[0]);
  const newKeys = () => provider.subtle.generateKey(ES256, extractable, ['sign', 'verify']);
  const [authorityKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const now = Date.now();
  const common = {
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + validDays * DAY),
    signingAlgorithm: ES256,
  };
  const serialNumber = () =>
    `01${Array.from(provider.getRandomValues(new Uint8Array(15)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const issuer = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    serialNumber: serialNumber(),
    name: distinguishedName(authority),
    keys: authorityKeys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey as never),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...common,
    serialNumber: serialNumber(),
    subject: distinguishedName(subject),
    issuer: issuer.subject,
    signingKey: authorityKeys.privateKey as never,
    publicKey: keys.publicKey as never,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([EMAIL_PROTECTION]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey as never),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
    ],
  });
  return { keys, chain: [certificate, issuer] };
}

function distinguishedName(commonName: string): string {
  return `CN=${commonName}, O=pctalk (self-signed)`;
}
