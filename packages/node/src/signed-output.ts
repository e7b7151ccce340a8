/** One way to write a take, whatever it becomes: frames in, one signed result out under its name, or nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ManifestSigner,
  OUTPUT_FORMATS,
  type OutputKind,
  outputKindOf,
  type ProvenanceFacts,
  sidecarName,
  toRgba,
} from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';
import { encodePng } from './image.ts';
import { asUnwritable, createOutputFile, type OutputFile } from './output-file.ts';
import { createOutputFolder } from './output-folder.ts';
import { signBeside, signPicture, signVideo } from './provenance.ts';
import { openVideoEncoder, type VideoEncoder, type VideoEncoderOptions } from './video-encode.ts';

/** A result under construction that appears under its name complete and signed, or not at all. */
export interface SignedOutput extends AsyncDisposable {
  /** See `VideoEncoder.write`. */
  readonly write: VideoEncoder['write'];
  /** Ends the result and gives it its name. */
  finish(): Promise<void>;
}

/** What is written, and what its credentials state. */
export interface SignedOutputOptions extends Omit<VideoEncoderOptions, 'output' | 'kind' | 'name'> {
  readonly facts: ProvenanceFacts;
  readonly signer: ManifestSigner;
}

/** A claimed place for a result. Disposing it leaves nothing behind but a finished result. */
export interface OutputPlace extends AsyncDisposable {
  readonly kind: OutputKind;
  /** Where the result goes, absolute. */
  readonly path: string;
  /** Opens the result: once. Disposing what it gives stops the encoder and removes drafts. */
  open(options: SignedOutputOptions): Promise<SignedOutput>;
}

/**
 * Claims the place that a name asks for: see `OUTPUT_FORMATS`.
 * @param inputs files being read, which must not be replaced
 * @throws output-unwritable
 */
export async function claimOutput(path: string, inputs: readonly string[]): Promise<OutputPlace> {
  const kind = outputKindOf(path);
  if (kind === 'png') return claimFolder(path);
  const { extension } = OUTPUT_FORMATS[kind];
  const output = await createOutputFile(path, { inputs, extension });
  if (kind !== 'webm') return { kind, ...placeOf(output), open: (options) => openSignedFile(kind, output, options) };
  try {
    const sidecar = await createOutputFile(sidecarName(output.path), { inputs });
    return {
      kind,
      path: output.path,
      open: async (options) => openWithSidecar(output, sidecar, options),
      async [Symbol.asyncDispose]() {
        await sidecar[Symbol.asyncDispose]();
        await output[Symbol.asyncDispose]();
      },
    };
  } catch (cause) {
    await output[Symbol.asyncDispose]();
    throw cause;
  }
}

function placeOf(output: OutputFile): Pick<OutputPlace, 'path' | typeof Symbol.asyncDispose> {
  return { path: output.path, [Symbol.asyncDispose]: () => output[Symbol.asyncDispose]() };
}

/** Encodes into a hidden neighbour of the output, which is then signed into a second one that takes the final name. */
async function openSignedFile(
  kind: 'mp4' | 'gif',
  output: OutputFile,
  options: SignedOutputOptions,
): Promise<SignedOutput> {
  const { facts, signer, signal } = options;
  const draft = await createOutputFile(output.path);
  const encoder = openVideoEncoder({ ...options, kind, output: draft.temporary, name: output.path });
  const sign = async (): Promise<void> => {
    if (kind === 'mp4') return signVideo(draft.temporary, output.temporary, facts, signer, output.path);
    await output.write(await signPicture(await readFile(draft.temporary), 'image/gif', facts, signer));
  };
  return {
    write: encoder.write,
    async finish() {
      await encoder.finish();
      await sign().catch((cause) => {
        throw asUnwritable(output.path, cause);
      });
      throwIfCancelled(signal);
      await output.commit();
    },
    async [Symbol.asyncDispose]() {
      await encoder[Symbol.asyncDispose]();
      await draft[Symbol.asyncDispose]();
    },
  };
}

/** Encodes into the output's hidden neighbour; its manifest lies beside it and takes its name first. */
function openWithSidecar(output: OutputFile, sidecar: OutputFile, options: SignedOutputOptions): SignedOutput {
  const { facts, signer, signal } = options;
  const encoder = openVideoEncoder({ ...options, kind: 'webm', output: output.temporary, name: output.path });
  return {
    write: encoder.write,
    async finish() {
      await encoder.finish();
      await sidecar.write(await signBeside(output.temporary, facts, signer));
      throwIfCancelled(signal);
      await sidecar.commit();
      await output.commit();
    },
    [Symbol.asyncDispose]: () => encoder[Symbol.asyncDispose](),
  };
}

async function claimFolder(path: string): Promise<OutputPlace> {
  const folder = await createOutputFolder(path);
  return {
    kind: 'png',
    path: folder.path,
    async open({ width, height, facts, signer, signal, format = 'rgba' }) {
      let count = 0;
      return {
        async write(frame) {
          throwIfCancelled(signal);
          const data = new Uint8ClampedArray(frame.buffer as ArrayBuffer, frame.byteOffset, frame.length);
          const picture =
            format === 'rgba'
              ? { width, height, data }
              : toRgba({
                  format: 'i420',
                  matrix: format,
                  width,
                  height,
                  data: new Uint8Array(data.buffer, data.byteOffset, data.length),
                });
          const name = `${String(count++).padStart(6, '0')}.png`;
          const titled = { ...facts, title: name };
          const signed = await signPicture(await encodePng(picture), 'image/png', titled, signer);
          await writeFile(join(folder.temporary, name), signed).catch((cause) => {
            throw asUnwritable(path, cause);
          });
        },
        finish: () => folder.commit(),
        async [Symbol.asyncDispose]() {},
      };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
