import { findAssertion } from './rebind.ts';
import { activeManifest, frameFailures, type ProvenanceReport, reportProvenance } from './report.ts';

/** Label of the assertion that binds a manifest to the bytes of any file. @source C2PA 2.2 §18.5 */
export const DATA_BINDING = 'c2pa.hash.data';

/** What c2pa-rs says of a manifest that lies beside its file, as it is not shown the file. */
const MISMATCH = 'assertion.dataHash.mismatch';

/** The manifest's name for a file: the same with `.c2pa` for its extension, where c2pa-rs looks for it. */
export function sidecarName(path: string): string {
  return path.replace(/(\.[^./\\]*)?$/, '.c2pa');
}

/**
 * Report of a manifest that lies beside its file.
 * @param json c2pa-rs' account of the manifest alone. @param manifest its bytes. @param sha256 of the whole file.
 */
export function reportSidecar(json: string, manifest: Uint8Array, sha256: Uint8Array): ProvenanceReport {
  const active = activeManifest(json);
  if (active.label === '') return reportProvenance(json);
  const holds = holdsHash(findAssertion(manifest, DATA_BINDING), sha256);
  const add = [...(holds ? [] : [MISMATCH]), ...frameFailures(active, manifest)];
  return reportProvenance(json, { ignore: MISMATCH, add });
}

/** Whether the CBOR of the binding says `"hash": sha256`. */
function holdsHash(assertion: Uint8Array, sha256: Uint8Array): boolean {
  const wanted = Uint8Array.of(0x64, ...[...'hash'].map((c) => c.charCodeAt(0)), 0x58, sha256.length, ...sha256);
  for (let at = 0; at + wanted.length <= assertion.length; at++) {
    if (wanted.every((byte, i) => assertion[at + i] === byte)) return true;
  }
  return false;
}
