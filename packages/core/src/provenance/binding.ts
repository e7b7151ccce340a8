/** What a manifest says of how it is bound to an MP4, in c2pa-rs' JSON of the assertion `c2pa.hash.bmff.v3`. */
interface BindingData {
  readonly exclusions?: readonly unknown[];
  readonly alg?: string;
  /** Base64. */
  readonly hash?: string;
  readonly merkle?: unknown;
}

/** A binding that is checked without holding the file: the hash of all top-level boxes but a few. */
export interface BmffBinding {
  readonly alg: 'sha256' | 'sha384' | 'sha512';
  /** Of the file, base64. */
  readonly hash: string;
  /** Types of the boxes left out besides the manifest's own. */
  readonly excluded: readonly string[];
}

const LABEL = 'c2pa.hash.bmff.v3';
const ALGORITHMS = ['sha256', 'sha384', 'sha512'] as const;
/** The manifest's own box, by its 16-byte type at byte 8. @source C2PA 2.2 §A.5.1 */
const MANIFEST_BOX = '{"data":[{"offset":8,"value":"2P7D1hsOSDySl1goh37EgQ=="}],"xpath":"/uuid"}';
/** The boxes that c2pa-rs leaves out, whole and unconditionally. */
const WHOLE_BOX = /^\{"xpath":"\/(ftyp|mfra|free|skip)"\}$/;

/**
 * Reads how a manifest is bound to its file.
 * @param assertions of the active manifest, by label
 * @returns undefined where it is bound in another way than this program and c2pa-rs bind: by a tree of hashes, or with
 *   exclusions inside boxes
 */
export function readBmffBinding(
  assertions: readonly { readonly label: string; readonly data: unknown }[],
): BmffBinding | undefined {
  const bindings = assertions.filter(({ label }) => label.startsWith('c2pa.hash.'));
  const { exclusions, alg, hash, merkle } = (bindings[0]?.data ?? {}) as BindingData;
  const known = ALGORITHMS.find((name) => name === alg);
  if (bindings.length !== 1 || bindings[0]!.label !== LABEL || known === undefined) return undefined;
  if (merkle !== undefined || typeof hash !== 'string' || !Array.isArray(exclusions)) return undefined;
  const texts = exclusions.map(sortedJson);
  const excluded = texts.map((text) => WHOLE_BOX.exec(text)?.[1]).filter((type) => type !== undefined);
  const isKnown = texts.includes(MANIFEST_BOX) && excluded.length === texts.length - 1;
  return isKnown ? { alg: known, hash, excluded } : undefined;
}

/** JSON with names in order and without absent values. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, each]) => each !== null)
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}
