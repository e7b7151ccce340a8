import { type FileLayout, LAYOUT_LABEL } from './layout.ts';

/** The IPTC term for media made by a trained model. */
export const DIGITAL_SOURCE_TYPE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
/** Labels of our own assertions. */
export const CONSENT_LABEL = 'pctalk.consent';
/** Label of our assertion that names the inputs by their hashes. */
export const INPUTS_LABEL = 'pctalk.inputs';

/** Who agreed to the use of a source, and when that was stated. */
export interface Consent {
  /** The words of `--consent`. They are readable in every video made with them. */
  readonly text: string;
  /** SHA-256 of `text` in UTF-8, hex. */
  readonly textSha256: string;
  /** SHA-256 of the source file it is about, hex. */
  readonly sourceSha256: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** What a manifest states about a result. */
export interface ProvenanceFacts {
  /** Name shown for the result, usually its file name. */
  readonly title: string;
  /** Version of pctalk. */
  readonly version: string;
  /** What it was made from: role (`source`, `audio`, …) and SHA-256 of the file, hex. */
  readonly inputs: readonly { readonly role: string; readonly sha256: string }[];
  readonly consent: Consent;
  /** Of a video: what the manifest's own hash leaves out. */
  readonly layout?: FileLayout;
}

/**
 * C2PA manifest definition of a generated result: created by a trained algorithm, from which inputs, with whose consent.
 * @returns a JSON value for c2pa-rs' builder
 * @source C2PA 2.2 §18.16 (actions), IPTC digital source type vocabulary
 */
export function manifestDefinition(facts: ProvenanceFacts): object {
  const agent = { name: 'pctalk', version: facts.version };
  const created = { action: 'c2pa.created', digitalSourceType: DIGITAL_SOURCE_TYPE, softwareAgent: agent };
  return {
    claim_generator_info: [agent],
    title: facts.title,
    assertions: [
      { label: 'c2pa.actions.v2', data: { actions: [created] } },
      { label: INPUTS_LABEL, data: { inputs: facts.inputs } },
      { label: CONSENT_LABEL, data: facts.consent },
      ...(facts.layout === undefined ? [] : [{ label: LAYOUT_LABEL, data: facts.layout }]),
    ],
  };
}
