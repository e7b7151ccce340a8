/** JUMBF's own frame around a manifest: labels, switches and sizes, which no signature covers and readers overlook. */

/** A JUMBF superbox. */
interface Superbox {
  /** First four letters of its type; the rest of a type in use is always the same. */
  readonly type: string;
  readonly label: string;
  readonly content: readonly InnerBox[];
}
interface InnerBox {
  readonly type: string;
  readonly body: Uint8Array;
}

/** What every JUMBF type in use ends with. @source ISO/IEC 19566-5 §B */
const TYPE_END = [0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];
/** A label that may be asked for, and the same with a salt behind it. */
const LABELLED = 0x03;
const SALTED = 0x13;
/** COSE_Sign1 as `signCose` writes it: tag, four items; then no header, no content, 64 bytes of signature. */
const COSE_START = [0xd2, 0x84];
const COSE_END = [0xa0, 0xf6, 0x58, 0x40];
const SIGNATURE_BYTES = 64;

/**
 * Whether a manifest store is exactly as this program writes it: one manifest, each box filled by what is in it, nothing
 * beside what is hashed or signed.
 * @param store JUMBF bytes
 * @param label of the manifest
 */
export function isPlainManifestStore(store: Uint8Array, label: string): boolean {
  try {
    const [outer, ...more] = readBoxes(store);
    const manifest = onlySuperbox(outer!, 'c2pa', 'c2pa');
    const [assertions, claim, signature, ...rest] = superbox(manifest, 'c2ma', label).content;
    for (const assertion of superbox(assertions, 'c2as', 'c2pa.assertions').content) {
      const { type, content } = readSuperbox(assertion);
      demand(content.length === 1 && content[0]!.type === type && (type === 'cbor' || type === 'json'));
    }
    onlyBox(superbox(claim, 'c2cl', 'c2pa.claim.v2'));
    demand(isPlainSignature(onlyBox(superbox(signature, 'c2cs', 'c2pa.signature'))));
    return more.length === 0 && rest.length === 0;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

/** A protected header as one byte string, then what `COSE_END` says. */
function isPlainSignature(cose: Uint8Array): boolean {
  const [kind, first = 0, second = 0] = cose.subarray(COSE_START.length);
  demand(kind === 0x58 || kind === 0x59); // lengths of 8 and of 16 bits
  const [lengthBytes, length] = kind === 0x58 ? [2, first] : [3, (first << 8) | second];
  const end = COSE_START.length + lengthBytes + length;
  return (
    end + COSE_END.length + SIGNATURE_BYTES === cose.length &&
    COSE_START.every((byte, i) => cose[i] === byte) &&
    COSE_END.every((byte, i) => cose[end + i] === byte)
  );
}

function onlySuperbox(box: InnerBox, type: string, label: string): InnerBox {
  const { content } = superbox(box, type, label);
  demand(content.length === 1);
  return content[0]!;
}

function onlyBox({ content }: Superbox): Uint8Array {
  demand(content.length === 1 && content[0]!.type === 'cbor');
  return content[0]!.body;
}

function superbox(box: InnerBox | undefined, type: string, label: string): Superbox {
  demand(box !== undefined);
  const found = readSuperbox(box!);
  demand(found.type === type && found.label === label);
  return found;
}

function readSuperbox({ type, body }: InnerBox): Superbox {
  demand(type === 'jumb');
  const [description, ...content] = readBoxes(body);
  demand(description?.type === 'jumd');
  return { ...readDescription(description!.body), content };
}

/** Type (16 bytes), switches (1), label up to a zero, and with a salt one box `c2sh`. */
function readDescription(body: Uint8Array): { readonly type: string; readonly label: string } {
  demand(TYPE_END.every((byte, i) => body[4 + i] === byte));
  const end = body.indexOf(0, 17);
  demand(end > 0);
  const salt = readBoxes(body.subarray(end + 1));
  demand(
    body[16] === LABELLED ? salt.length === 0 : body[16] === SALTED && salt.length === 1 && salt[0]!.type === 'c2sh',
  );
  return { type: letters(body.subarray(0, 4)), label: letters(body.subarray(17, end)) };
}

/** The boxes that fill `bytes`, each with a 32-bit size. */
function readBoxes(bytes: Uint8Array): InnerBox[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const boxes: InnerBox[] = [];
  for (let at = 0; at < bytes.length; ) {
    demand(at + 8 <= bytes.length);
    const size = view.getUint32(at);
    demand(size >= 8 && at + size <= bytes.length);
    boxes.push({ type: letters(bytes.subarray(at + 4, at + 8)), body: bytes.subarray(at + 8, at + size) });
    at += size;
  }
  return boxes;
}

function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function demand(holds: boolean): asserts holds {
  if (!holds) throw new RangeError('not a plain manifest');
}
