import type { ManifestSigner, ProvenanceFacts } from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';
import { asUnwritable, createOutputFile, type OutputFile } from './output-file.ts';
import { signVideo } from './provenance.ts';
import { openVideoEncoder, type VideoEncoder, type VideoEncoderOptions } from './video-encode.ts';

/** A video under construction that appears under its name complete and signed, or not at all. */
export interface SignedVideo extends AsyncDisposable {
  /** See `VideoEncoder.write`. */
  readonly write: VideoEncoder['write'];
  /** Ends the video, signs it and gives it its name. */
  finish(facts: ProvenanceFacts): Promise<void>;
}

/** Options of `openSignedVideo`: those of the encoder, who signs, and the place claimed by `createOutputFile`. */
export interface SignedVideoOptions extends Omit<VideoEncoderOptions, 'output'> {
  readonly output: OutputFile;
  readonly signer: ManifestSigner;
}

/**
 * Encodes into a hidden neighbour of the output, which is then signed into a second one that takes the final name.
 * Disposing it without `finish` stops the encoder and removes the neighbours; the claimed place is the caller's.
 */
export async function openSignedVideo(options: SignedVideoOptions): Promise<SignedVideo> {
  const { output, signer, signal } = options;
  const draft = await createOutputFile(output.path);
  const encoder = openVideoEncoder({ ...options, output: draft.temporary, name: output.path });
  return {
    write: encoder.write,
    async finish(facts) {
      await encoder.finish();
      await signVideo(draft.temporary, output.temporary, facts, signer, output.path).catch((cause) => {
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
