import { isPlainManifestStore } from './jumbf.ts';
import { CONSENT_LABEL, type Consent, INPUTS_LABEL } from './manifest.ts';

/** What a file's C2PA manifest says, and whether it still holds. */
export interface ProvenanceReport {
  /** `none`: no manifest; `invalid`: file or manifest was changed afterwards. */
  readonly state: 'none' | 'valid' | 'invalid';
  /** `state === 'valid'`. */
  readonly valid: boolean;
  /** Whether the signer's certificate leads to a trusted authority; a certificate made by this program never does. */
  readonly trusted: boolean;
  /** Name and organisation in the signer's certificate. */
  readonly signer?: string;
  /** Program that made the claim. */
  readonly generator?: string;
  readonly title?: string;
  /** Actions in order, such as `c2pa.created`. */
  readonly actions: readonly string[];
  /** IPTC term of the first action that has one. */
  readonly digitalSourceType?: string;
  /** Hashes of what the result was made from. */
  readonly inputs: readonly { readonly role: string; readonly sha256: string }[];
  readonly consent?: Consent;
  /** Codes of failed checks (C2PA 2.2 §15.2), without the one for an untrusted signer. */
  readonly failures: readonly string[];
  /** Parts of an MP4 that no signature covers, so that changes there go unseen; absent where it was not looked. */
  readonly unsigned?: readonly UnsignedPart[];
}

/** Bytes of a file that may be changed unseen. */
export interface UnsignedPart {
  /** Type of the box, or what it is. */
  readonly part: string;
  readonly bytes: number;
}

/** Report of a file without a manifest. */
export const NO_PROVENANCE: ProvenanceReport = Object.freeze({
  state: 'none',
  valid: false,
  trusted: false,
  actions: [],
  inputs: [],
  failures: [],
});

/**
 * Settings for c2pa-rs' reader: nothing is fetched from addresses that a stranger's file names.
 * @source c2pa-rs, settings `verify.remote_manifest_fetch` and `verify.ocsp_fetch`
 */
export const READER_SETTINGS = JSON.stringify({ verify: { remote_manifest_fetch: false, ocsp_fetch: false } });

/** Report of a file that c2pa-rs' reader refused: without a manifest, with one kept elsewhere, or with a broken one. */
export function reportRefusal(cause: unknown): ProvenanceReport {
  const message = String(cause);
  if (/JumbfNotFound|no JUMBF data|ProvenanceMissing/i.test(message)) return NO_PROVENANCE;
  if (/RemoteManifestUrl|remote manifest/i.test(message)) return { ...NO_PROVENANCE, failures: [KEPT_ELSEWHERE] };
  return { ...NO_PROVENANCE, state: 'invalid', failures: [message] };
}

const KEPT_ELSEWHERE = 'the manifest is kept elsewhere and was not fetched';

/** The part of c2pa-rs' manifest store JSON that we read. */
interface ManifestStore {
  readonly active_manifest?: string;
  readonly manifests?: Readonly<Record<string, Manifest>>;
  readonly validation_results?: {
    readonly activeManifest?: { readonly success?: readonly Status[]; readonly failure?: readonly Status[] };
  };
  readonly validation_status?: readonly Status[];
}
interface Manifest {
  readonly title?: string;
  readonly claim_generator_info?: readonly { readonly name: string; readonly version?: string }[];
  readonly signature_info?: { readonly issuer?: string; readonly common_name?: string };
  readonly assertions?: readonly { readonly label: string; readonly data: unknown }[];
}
interface Status {
  readonly code: string;
}
interface Action {
  readonly action: string;
  readonly digitalSourceType?: string;
}

/** What was found besides the library's account. */
export interface OwnFindings {
  /** A code that the library reports for what we judge ourselves. */
  readonly ignore?: string;
  /** Codes of checks of ours that failed. */
  readonly add?: readonly string[];
}

/** The active manifest in c2pa-rs' account of a file: its label, and what it asserts. */
export interface ActiveManifest {
  readonly label: string;
  readonly assertions: readonly { readonly label: string; readonly data: unknown }[];
}

/** Finds it. @param json text of the manifest store */
export function activeManifest(json: string): ActiveManifest {
  const { active_manifest: label = '', manifests } = JSON.parse(json) as ManifestStore;
  return { label, assertions: manifests?.[label]?.assertions ?? [] };
}

/** Code for a manifest of ours whose frame, which nothing signs, was changed. */
const FRAME_CHANGED = 'pctalk.manifest.changed';

/**
 * What is wrong with the frame of a manifest that this program made; nothing is said of those of others.
 * @param store JUMBF bytes; undefined where what surrounds it is already not as it is written
 */
export function frameFailures({ label, assertions }: ActiveManifest, store: Uint8Array | undefined): string[] {
  if (!assertions.some((assertion) => assertion.label === INPUTS_LABEL)) return [];
  return store !== undefined && isPlainManifestStore(store, label) ? [] : [FRAME_CHANGED];
}

/**
 * Reads c2pa-rs' account of a file.
 * @param json text of its manifest store
 */
export function reportProvenance(json: string, { ignore, add = [] }: OwnFindings = {}): ProvenanceReport {
  const store = JSON.parse(json) as ManifestStore;
  const manifest = store.manifests?.[store.active_manifest ?? ''];
  if (manifest === undefined) return NO_PROVENANCE;
  const results = store.validation_results?.activeManifest;
  const codes = [...(results?.failure ?? []), ...(store.validation_status ?? [])].map(({ code }) => code);
  const known = codes.filter((code) => code !== 'signingCredential.untrusted' && code !== ignore);
  const failures = [...new Set([...known, ...add])];
  const signed = results?.success?.some(({ code }) => code === 'claimSignature.validated') ?? false;
  const valid = signed && failures.length === 0;
  const data = (label: string): unknown => manifest.assertions?.find((assertion) => assertion.label === label)?.data;
  const actions = (data('c2pa.actions.v2') as { actions?: readonly Action[] } | undefined)?.actions ?? [];
  const { issuer, common_name } = manifest.signature_info ?? {};
  const generator = manifest.claim_generator_info?.[0];
  return {
    state: valid ? 'valid' : 'invalid',
    valid,
    trusted: results?.success?.some(({ code }) => code === 'signingCredential.trusted') ?? false,
    signer: [common_name, issuer].filter((part) => part !== undefined).join(', '),
    generator: [generator?.name, generator?.version].filter((part) => part !== undefined).join(' '),
    ...(manifest.title !== undefined && { title: manifest.title }),
    actions: actions.map(({ action }) => action),
    ...optional('digitalSourceType', actions.find((action) => action.digitalSourceType)?.digitalSourceType),
    inputs: (data(INPUTS_LABEL) as Pick<ProvenanceReport, 'inputs'> | undefined)?.inputs ?? [],
    ...optional('consent', data(CONSENT_LABEL) as Consent | undefined),
    failures,
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
