/** Bytes in which the picture must begin. */
const LEAD_BYTES = 1024;
/** Coded data that no scan ends with. */
const NOISE = Uint8Array.from({ length: 256 }, (_, i) => (i * 89 + 37) % 251);
const [SOI, EOI, SOS, DQT] = [0xd8, 0xd9, 0xda, 0xdb];
const [SOF_BASELINE, SOF_PROGRESSIVE] = [0xc0, 0xc2];
const [APP0, APP14] = [0xe0, 0xee];

/** What `tidyJpeg` has made of a file. */
export interface TidyJpeg {
  /** New memory. */
  readonly bytes: Uint8Array;
  /**
   * The same with other bytes before an end mark that was added: they change no pixel if the last scan was whole, and
   * pixels if it was not, which decoders do not always tell.
   */
  readonly probe?: Uint8Array;
}

/**
 * A JPEG without flaws that touch no pixel: bytes before it, between its segments and after it, application segments
 * of a wrong length, an unknown version of JFIF or transform of Adobe, wrong parameters of a baseline scan, restart
 * markers counted otherwise, and a missing end mark where all scans have begun. What is damaged stays so.
 * @returns undefined if it is no JPEG.
 * @source ITU-T T.81, annex B
 */
export function tidyJpeg(bytes: Uint8Array): TidyJpeg | undefined {
  const start = findStart(bytes);
  return start < 0 ? undefined : new JpegTidier(bytes, start + 2).run();
}

function findStart(bytes: Uint8Array): number {
  if (bytes[0] === 0xff && bytes[1] === SOI) return 0;
  for (let i = 0; i < Math.min(bytes.length - 2, LEAD_BYTES); i++) {
    if (bytes[i] === 0xff && bytes[i + 1] === SOI && bytes[i + 2] === 0xff) return i;
  }
  return -1;
}

class JpegTidier {
  readonly #bytes: Uint8Array;
  readonly #pieces: Uint8Array[] = [Uint8Array.of(0xff, SOI)];
  #at: number;
  #isProgressive = false;
  #isSequential = false;
  #adobe: Uint8Array | undefined;
  /** Components of which no scan has brought the last bit yet. */
  readonly #missing = new Set<number>();

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  run(): TidyJpeg {
    for (;;) {
      const marker = this.#nextMarker();
      const end = Uint8Array.of(0xff, EOI);
      if (marker === EOI) return { bytes: concat([...this.#pieces, end]) };
      if (marker === undefined) {
        if (this.#missing.size > 0) return { bytes: concat(this.#pieces) };
        return { bytes: concat([...this.#pieces, end]), probe: concat([...this.#pieces, NOISE, end]) };
      }
      const length = this.#segmentLength(marker);
      if (length === undefined) {
        this.#at += 2;
        continue;
      }
      const segment = this.#bytes.slice(this.#at, this.#at + 2 + length);
      this.#mend(marker, segment);
      this.#pieces.push(segment);
      this.#at += segment.length;
      if (marker === SOS) this.#scan();
    }
  }

  /** Goes to the next marker that may stand between segments; what lies before it is dropped. */
  #nextMarker(): number | undefined {
    const bytes = this.#bytes;
    for (let i = this.#at; i + 1 < bytes.length; i++) {
      i = bytes.indexOf(0xff, i);
      if (i < 0 || i + 1 >= bytes.length) break;
      const code = bytes[i + 1]!;
      // Below C0 none is used, D0 to D8 stand alone and elsewhere, FF fills.
      if (code < 0xc0 || code === 0xff || (code >= 0xd0 && code <= SOI)) continue;
      this.#at = i;
      return code;
    }
    this.#at = bytes.length;
    return undefined;
  }

  /** Length of the segment here without its marker; undefined where it is an application's and none can be made out. */
  #segmentLength(marker: number): number | undefined {
    const bytes = this.#bytes;
    const at = this.#at;
    const length = at + 3 < bytes.length ? bytes[at + 2]! * 256 + bytes[at + 3]! : 0;
    const end = at + 2 + length;
    const isApplication = marker >= APP0;
    if (!isApplication) return Math.min(Math.max(length, 2), bytes.length - at - 2);
    if (length < 2) return undefined;
    if (bytes[end] === 0xff || length === 2) return length;
    // Too long or too short: where does the next one begin?
    const last = Math.min(end, bytes.length - 4);
    for (let i = at + 4; i < last; i++) {
      if (bytes[i] === 0xff && this.#isSegment(i)) return undefined;
    }
    return end <= bytes.length ? length : undefined;
  }

  /** Whether a segment that leads to another begins here. */
  #isSegment(at: number): boolean {
    const bytes = this.#bytes;
    const code = bytes[at + 1]!;
    const isKnown = code === DQT || code === 0xc4 || code === 0xdd || (code >= 0xc0 && code <= 0xc2) || code >= APP0;
    const end = at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
    return isKnown && code < 0xff && end > at + 4 && bytes[end] === 0xff && bytes[end + 1]! >= 0xc0;
  }

  #mend(marker: number, segment: Uint8Array): void {
    if (marker === APP0 && hasName(segment, 'JFIF\0') && segment.length > 9) segment[9] = 1;
    if (marker === APP14 && hasName(segment, 'Adobe') && segment.length >= 16) this.#adobe = segment;
    if (marker >= SOF_BASELINE && marker <= SOF_PROGRESSIVE) {
      this.#isProgressive = marker === SOF_PROGRESSIVE;
      this.#isSequential = !this.#isProgressive;
      const count = segment[9] ?? 0;
      for (let c = 0; c < count; c++) this.#missing.add(segment[10 + c * 3]!);
      // Transforms: none, to YCbCr of three components, to YCCK of four.
      if (this.#adobe !== undefined && this.#adobe[15]! > 2) this.#adobe[15] = count === 4 ? 2 : 1;
    }
    if (marker === SOS) {
      const count = segment[4] ?? 0;
      const parameters = 5 + count * 2;
      if (segment.length < parameters + 3) return;
      if (this.#isSequential) segment.set([0, 63, 0], parameters);
      const isLast = segment[parameters + 1] === 63 && (segment[parameters + 2]! & 15) === 0;
      if (!this.#isProgressive || isLast) for (let c = 0; c < count; c++) this.#missing.delete(segment[5 + c * 2]!);
    }
  }

  /** The coded data behind a scan's header, restart markers counted from 0 to 7 and on. */
  #scan(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    const restarts: number[] = [];
    let end = bytes.length;
    for (let i = start; i < bytes.length; i += 2) {
      i = bytes.indexOf(0xff, i);
      if (i < 0) break;
      while (bytes[i + 1] === 0xff) i++;
      const code = bytes[i + 1];
      if (code === undefined || (code !== 0 && (code < 0xd0 || code > 0xd7))) {
        end = i;
        break;
      }
      if (code !== 0) restarts.push(i + 1 - start);
    }
    const data = bytes.slice(start, end);
    restarts.forEach((place, k) => {
      data[place] = 0xd0 + (k & 7);
    });
    this.#pieces.push(data);
    this.#at = end;
  }
}

function hasName(segment: Uint8Array, name: string): boolean {
  return [...name].every((letter, i) => segment[4 + i] === letter.charCodeAt(0));
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
