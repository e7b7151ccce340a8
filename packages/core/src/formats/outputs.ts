import { PcTalkError } from '../errors.ts';

/** What a kind of result is, for the program, its help, and whoever calls the library. */
export interface OutputFormat {
  /** Extension of the name; of a folder none. */
  readonly extension: '.mp4' | '.webm' | '.gif' | '';
  readonly description: string;
  /** Whether the speech is in it. */
  readonly sound: boolean;
  /** Whether a background can be left out. */
  readonly transparent: boolean;
  /** Whether sides are brought to even numbers of pixels. */
  readonly evenSides: boolean;
  /** Where the content credentials (C2PA) stand: in the file, in each picture, or in a file of that name and `.c2pa`. */
  readonly credentials: 'inside' | 'each' | 'beside';
  /** Longest take, seconds. */
  readonly maxSeconds: number;
}

/** The one table of what a render may be written as. */
export const OUTPUT_FORMATS = Object.freeze({
  mp4: {
    extension: '.mp4',
    description: 'video, H.264 and AAC',
    sound: true,
    transparent: false,
    evenSides: true,
    credentials: 'inside',
    maxSeconds: Number.POSITIVE_INFINITY,
  },
  webm: {
    extension: '.webm',
    description: 'video, VP9 and Opus',
    sound: true,
    transparent: true,
    evenSides: true,
    credentials: 'beside',
    maxSeconds: Number.POSITIVE_INFINITY,
  },
  gif: {
    extension: '.gif',
    description: 'moving picture of 256 colours without sound',
    sound: false,
    transparent: false,
    evenSides: false,
    credentials: 'inside',
    maxSeconds: 30,
  },
  png: {
    extension: '',
    description: 'folder of numbered PNG pictures without sound; the name ends in /',
    sound: false,
    transparent: true,
    evenSides: false,
    credentials: 'each',
    maxSeconds: Number.POSITIVE_INFINITY,
  },
} as const satisfies Readonly<Record<string, OutputFormat>>);

/** A kind of result. */
export type OutputKind = keyof typeof OUTPUT_FORMATS;

/** The kinds, in the table's order. */
export const OUTPUT_KINDS = Object.keys(OUTPUT_FORMATS) as readonly OutputKind[];

/**
 * What a name asks for: by its extension, or a folder by the slash at its end.
 * @throws `output-unwritable` for other names
 */
export function outputKindOf(path: string): OutputKind {
  if (/[/\\]$/.test(path)) return 'png';
  const kind = OUTPUT_KINDS.find((name) => {
    const { extension } = OUTPUT_FORMATS[name];
    return extension !== '' && path.toLowerCase().endsWith(extension);
  });
  if (kind !== undefined) return kind;
  const stem = path.replace(/(?<=[^/\\])\.[a-z0-9]{1,5}$/i, '');
  throw new PcTalkError(
    'output-unwritable',
    `output '${path}': expected a name that ends in .mp4, .webm, .gif, or in / for a folder of PNG pictures, got another one; name it ${stem}.mp4`,
  );
}

/** @throws `usage` where nothing lies behind the person and the kind cannot show that; `limit-exceeded` for a take too long */
export function checkOutput(kind: OutputKind, take: { readonly seconds: number; readonly transparent: boolean }): void {
  const { transparent, maxSeconds } = OUTPUT_FORMATS[kind];
  if (take.transparent && !transparent) {
    const able = OUTPUT_KINDS.filter((name) => OUTPUT_FORMATS[name].transparent);
    throw new PcTalkError(
      'usage',
      `--background transparent: expected an output that keeps it (${able.join(', ')}), got ${kind}; name the output so`,
    );
  }
  if (take.seconds > maxSeconds) {
    throw new PcTalkError(
      'limit-exceeded',
      `output: expected at most ${maxSeconds} s as ${kind}, got ${take.seconds.toFixed(1)} s; name it .mp4 or .webm`,
    );
  }
}
