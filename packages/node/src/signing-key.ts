import { createPrivateKey, type KeyObject, randomBytes, sign, webcrypto, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigningIdentity, type ManifestSigner, PcTalkError, type WarningReporter } from '@pctalk/core';
import { configFolder } from './user-folders.ts';

const VALID_DAYS = 3650;

/**
 * The signer of this installation: `PCTALK_SIGN_CERT` and `PCTALK_SIGN_KEY` (PEM files: chain, P-256 key) when set, else
 * a key and a chain of its own, made on first use and kept readable for the user alone. Where nothing can be kept, the
 * key lives as long as the process, and a warning says so.
 * @throws usage: only one of the two variables, unreadable files, a key that is not P-256 or not the certificate's; a kept key that is damaged
 */
export async function loadSigner(onWarning: WarningReporter = () => {}): Promise<ManifestSigner> {
  const { PCTALK_SIGN_CERT: cert, PCTALK_SIGN_KEY: key } = process.env;
  if (cert || key) {
    if (!cert || !key) throw badKey('both PCTALK_SIGN_CERT and PCTALK_SIGN_KEY', 'only one of them');
    const [chain, secret] = await Promise.all([readPem(cert), readPem(key)]);
    return signerOf(secret, chain, cert);
  }
  const folder = configFolder();
  if (folder === undefined) {
    const message =
      'signing key: this user has no home to keep one in; this video is signed with a key that is not kept';
    onWarning({ code: 'signing-key-not-kept', message });
    const made = await makeIdentity();
    return signerOf(made, made, 'memory');
  }
  const path = join(folder, 'signing.pem');
  const own = `delete ${path}, so that a new one is made`;
  const kept = await readKept(path, own);
  if (kept !== undefined) return signerOf(kept, kept, path, own);
  const made = await makeIdentity();
  try {
    await keepOnce(folder, path, made);
  } catch (cause) {
    const message = `signing key: '${path}' cannot be written (${(cause as Error).message}); this video is signed with a key that is not kept`;
    onWarning({ code: 'signing-key-not-kept', message });
    return signerOf(made, made, path);
  }
  const pem = (await readKept(path, own)) ?? made; // Another process may have been first.
  return signerOf(pem, pem, path, own);
}

/** The kept key and chain. @returns undefined where there is none */
async function readKept(path: string, advice: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw badKey(`a readable file '${path}'`, cause.message, advice, cause);
  });
}

/** Writes the whole file under its name in one step, unless one is there already. */
async function keepOnce(folder: string, path: string, pem: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, pem, { mode: 0o600, flag: 'wx' });
    await link(temporary, path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

function signerOf(keyPem: string, chainPem: string, path: string, advice?: string): ManifestSigner {
  const chain = chainPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (chain.length === 0) throw badKey(`a PEM certificate chain in '${path}'`, 'none', advice);
  let key: KeyObject;
  let certificates: X509Certificate[];
  try {
    key = createPrivateKey(keyPem);
    certificates = chain.map((pem) => new X509Certificate(pem));
  } catch (cause) {
    throw badKey(`a readable PEM key and chain in '${path}'`, (cause as Error).message, advice, cause);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw badKey('a P-256 key', 'another kind', advice);
  if (!certificates[0]!.checkPrivateKey(key))
    throw badKey(`the key of the first certificate in '${path}'`, 'another key', advice);
  return {
    chain: certificates.map((certificate) => new Uint8Array(certificate.raw)),
    sign: (data) => new Uint8Array(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  };
}

/** A key, its certificate and the authority of this installation that issued it, as PEM. */
async function makeIdentity(): Promise<string> {
  const { keys, chain } = await createSigningIdentity<webcrypto.CryptoKeyPair>(webcrypto, {
    subject: 'pctalk installation',
    authority: 'pctalk local authority',
    validDays: VALID_DAYS,
    extractable: true,
  });
  const { PemConverter } = await import('@peculiar/x509');
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return [key, ...chain.map((certificate) => certificate.toString('pem')), ''].join('\n');
}

async function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause) => {
    throw badKey(`a readable PEM file '${path}'`, cause.message, undefined, cause);
  });
}

function badKey(
  expected: string,
  got: string,
  advice = 'correct or unset PCTALK_SIGN_CERT and PCTALK_SIGN_KEY',
  cause?: unknown,
): PcTalkError {
  return new PcTalkError('usage', `signing key: expected ${expected}, got ${got}; ${advice}`, { cause });
}
