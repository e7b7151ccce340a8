import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import {
  activeManifest,
  type BoundManifest,
  coseLength,
  DATA_BINDING,
  frameFailures,
  INPUT_LIMITS,
  invariant,
  isHashed,
  type ManifestSigner,
  manifestDefinition,
  NO_PROVENANCE,
  offsetBytes,
  PcTalkError,
  type ProvenanceFacts,
  type ProvenanceReport,
  READER_SETTINGS,
  rebindManifest,
  reportProvenance,
  reportRefusal,
  reportSidecar,
  shiftChunkOffsets,
  sidecarName,
  signCose,
} from '@pctalk/core';
import { BytesBlob, FileBlob, loadC2pa } from './c2pa.ts';
import { readGifManifest } from './gif-manifest.ts';
import { type PlacedBox, readExactly, walkBoxes } from './mp4-boxes.ts';
import { writeAll } from './output-file.ts';
import { readPngManifest } from './png-manifest.ts';
import { readLayout, tooLarge, verifyVideo } from './verify-video.ts';

const COPY_BYTES = 1 << 20;
/** Finds the manifest in pictures that are signed here. */
const FRAMES: Readonly<Record<string, typeof readPngManifest>> = {
  'image/png': readPngManifest,
  'image/gif': readGifManifest,
};

/** The file being written, and its name in messages. */
interface Target {
  readonly handle: FileHandle;
  readonly name: string;
}

/**
 * Copies an MP4 and puts a signed C2PA manifest behind its first box, in memory that does not grow with the video.
 * @param input a finished MP4 as `openVideoEncoder` writes it (`ftyp` first)
 * @param output file to write, overwritten
 * @param name of the output in messages
 * @throws output-unwritable: the disk is full
 */
export async function signVideo(
  input: string,
  output: string,
  facts: ProvenanceFacts,
  signer: ManifestSigner,
  name = output,
): Promise<void> {
  await using source = await open(input, 'r');
  await using handle = await open(output, 'w+');
  const target = { handle, name };
  const boxes: PlacedBox[] = [];
  for await (const box of walkBoxes(source, input)) boxes.push(box);
  const fileType = boxes[0];
  invariant(fileType?.type === 'ftyp', `an MP4 begins with ftyp, not ${fileType?.type}`);
  invariant(boxes.at(-1)?.type !== '', 'an MP4 consists of whole boxes');
  const draft = await draftManifest(
    await readExactly(source, 0, fileType.size),
    { ...facts, layout: await readLayout(source, input) },
    signer,
  );
  await copy(source, target, fileType, 0);
  const hash = createHash('sha256');
  for (const box of boxes.slice(1)) await moveBox(source, target, box, draft.box.length, hash);
  const manifest = await rebindManifest(draft, hash.digest(), sha256, (claim) => signCose(claim, signer));
  await writeAll(handle, manifest, fileType.size, name);
}

/**
 * Puts a signed C2PA manifest into a PNG or GIF that is held in memory.
 * @returns new memory
 */
export async function signPicture(
  picture: Uint8Array,
  format: 'image/png' | 'image/gif',
  facts: ProvenanceFacts,
  signer: ManifestSigner,
): Promise<Uint8Array> {
  using builder = loadC2pa().WasmBuilder.fromJson(JSON.stringify(manifestDefinition(facts)));
  return await builder.sign(definitionOf(signer), [], format, new BytesBlob(picture) as unknown as Blob);
}

/**
 * Makes a signed C2PA manifest that lies beside a file of a format which carries none, bound to all of its bytes.
 * @param input the finished file. @returns bytes of the manifest
 */
export async function signBeside(input: string, facts: ProvenanceFacts, signer: ManifestSigner): Promise<Uint8Array> {
  const standIn = Buffer.from('stand-in');
  const recorded = recordingSigner(signer);
  using builder = loadC2pa().WasmBuilder.fromJson(JSON.stringify(manifestDefinition(facts)));
  builder.setNoEmbed(true);
  const blob = new BytesBlob(standIn) as unknown as Blob;
  const { manifest } = (await builder.signAndGetManifestBytes(recorded.definition, [], 'video/webm', blob)) as {
    readonly manifest: Uint8Array;
  };
  const { claim, signature } = recorded;
  const draft = { box: new Uint8Array(manifest), claim, signature, assetHash: sha256(standIn) };
  const hash = await hashOf(input);
  return rebindManifest(draft, hash, sha256, (bytes) => signCose(bytes, signer), DATA_BINDING);
}

/** SHA-256 of a whole file, read in pieces. */
async function hashOf(path: string): Promise<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest();
}

/**
 * Reads and checks the C2PA manifest of an MP4, GIF, PNG, JPEG or WebP file, or the one beside a WebM file (`.c2pa`); a
 * manifest kept elsewhere is not fetched. A video of any length takes the same memory.
 * @returns `NO_PROVENANCE` when the file carries none
 * @throws provenance-unreadable: no such file, or none of these formats; limit-exceeded
 */
export async function verifyProvenance(path: string): Promise<ProvenanceReport> {
  const fail = (got: string, cause?: unknown): PcTalkError =>
    new PcTalkError(
      'provenance-unreadable',
      `${path}: expected a readable MP4, WebM, GIF, PNG, JPEG or WebP file, got ${got}; check the path`,
      { cause },
    );
  const missing = (cause: NodeJS.ErrnoException): never => {
    throw fail(cause.code === 'ENOENT' ? 'no file of that name' : cause.message, cause);
  };
  const found = await stat(path).catch(missing);
  if (!found.isFile()) throw fail('a folder, pipe or device'); // Before opening: a pipe may have no writer.
  await using file = await open(path, 'r').catch(missing);
  const format = formatOf(await readExactly(file, 0, Math.min(16, found.size)));
  if (format === undefined) throw fail('another format');
  if (format === 'video/webm') return verifyBeside(path);
  if (format === 'video/mp4') return await verifyVideo(file, path);
  if (found.size > INPUT_LIMITS.signedBytes) throw tooLarge(path, 'picture', INPUT_LIMITS.signedBytes);
  try {
    const blob = new FileBlob(file.fd, 0, found.size) as unknown as Blob;
    using reader = await loadC2pa().WasmReader.fromBlob(format, blob, READER_SETTINGS);
    const json = reader.json();
    const readFrame = FRAMES[format]; // Of the pictures that are signed here.
    const add = readFrame === undefined ? [] : frameFailures(activeManifest(json), await readFrame(file, path));
    return reportProvenance(json, { add });
  } catch (cause) {
    if (cause instanceof PcTalkError) throw cause;
    return reportRefusal(cause);
  }
}

/** Checks the manifest beside a file. */
async function verifyBeside(path: string): Promise<ProvenanceReport> {
  const name = sidecarName(path);
  const found = await stat(name).catch(() => undefined);
  if (!found?.isFile()) return { ...NO_PROVENANCE, failures: [`there is no ${name} beside it`] };
  if (found.size > INPUT_LIMITS.manifestBytes) throw tooLarge(name, 'manifest', INPUT_LIMITS.manifestBytes);
  const manifest = await readFile(name);
  try {
    const blob = new BytesBlob(manifest) as unknown as Blob;
    using reader = await loadC2pa().WasmReader.fromBlob('application/c2pa', blob, READER_SETTINGS);
    return reportSidecar(reader.json(), manifest, await hashOf(path));
  } catch (cause) {
    return reportRefusal(cause);
  }
}

/** Signs a stand-in of a few bytes, to get a manifest of the right length and the parts it was made from. */
async function draftManifest(
  fileType: Uint8Array,
  facts: ProvenanceFacts,
  signer: ManifestSigner,
): Promise<BoundManifest> {
  const media = Uint8Array.of(0, 0, 0, 8, ...Buffer.from('mdat'));
  const recorded = recordingSigner(signer);
  using builder = loadC2pa().WasmBuilder.fromJson(JSON.stringify(manifestDefinition(facts)));
  const standIn = new BytesBlob(Buffer.concat([fileType, media])) as unknown as Blob;
  const signed = await builder.sign(recorded.definition, [], 'video/mp4', standIn);
  const box = signed.slice(fileType.length, -media.length);
  const assetHash = sha256(offsetBytes(fileType.length + box.length), media);
  return { box, claim: recorded.claim, signature: recorded.signature, assetHash };
}

/** A signer for the library that keeps what was signed last. */
function recordingSigner(signer: ManifestSigner) {
  const recorded = {
    claim: new Uint8Array(),
    signature: new Uint8Array(),
    definition: {
      ...definitionOf(signer),
      sign: async (bytes: Uint8Array) => {
        recorded.claim = bytes.slice();
        return (recorded.signature = new Uint8Array(await signCose(recorded.claim, signer)));
      },
    },
  };
  return recorded;
}

function definitionOf(signer: ManifestSigner) {
  const sign = async (claim: Uint8Array) => new Uint8Array(await signCose(claim, signer));
  return { sign, reserveSize: coseLength(signer), alg: 'es256' };
}

/** Copies a box `shift` bytes further back and adds it to the hash; a movie box learns that its media has moved. */
async function moveBox(source: FileHandle, target: Target, box: PlacedBox, shift: number, hash: Hash): Promise<void> {
  const hashed = isHashed(box.type);
  if (hashed) hash.update(offsetBytes(box.offset + shift));
  if (box.type !== 'moov') return copy(source, target, box, shift, hashed ? hash : undefined);
  const moov = await readExactly(source, box.offset, box.size);
  shiftChunkOffsets(moov, shift);
  hash.update(moov);
  await writeAll(target.handle, moov, box.offset + shift, target.name);
}

async function copy(source: FileHandle, target: Target, box: PlacedBox, shift: number, hash?: Hash): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, box.size));
  for (let done = 0; done < box.size; done += COPY_BYTES) {
    const bytes = await readExactly(source, box.offset + done, Math.min(COPY_BYTES, box.size - done), buffer);
    hash?.update(bytes);
    await writeAll(target.handle, bytes, box.offset + done + shift, target.name);
  }
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function formatOf(start: Buffer): string | undefined {
  const magic = start.toString('latin1');
  if (magic.slice(4, 8) === 'ftyp') return 'video/mp4';
  if (magic.startsWith('\x89PNG')) return 'image/png';
  if (magic.startsWith('GIF8')) return 'image/gif';
  if (magic.startsWith('\x1a\x45\xdf\xa3')) return 'video/webm';
  if (magic.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (magic.startsWith('RIFF') && magic.slice(8, 12) === 'WEBP') return 'image/webp';
  return undefined;
}
