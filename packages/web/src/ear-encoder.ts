import { EAR_ENCODER_SHA256, PcTalkError } from '@pctalk/core';
import { sha256Hex } from './provenance.ts';

/** Makes sure that the page handed over the encoder the ear is made for. @throws `model-invalid` */
export async function checkEarEncoder(encoder: Uint8Array): Promise<void> {
  const sha256 = await sha256Hex(encoder);
  if (sha256 === EAR_ENCODER_SHA256) return;
  throw new PcTalkError(
    'model-invalid',
    `ear: expected the published encoder, SHA-256 ${EAR_ENCODER_SHA256}, got ${sha256}; see docs/models/ear.md`,
  );
}
