import type { ColourMatrix } from '@pctalk/core';
import { findFfmpeg, startFfmpeg } from './ffmpeg.ts';

/** Colours of a clip as they leave the decoder. */
export interface ClipColour {
  /** Weights of Y'; large pictures without a tag are taken for BT.709, as players do. Undefined for any but three. */
  readonly matrix: ColourMatrix | undefined;
  /** Whether the file's own colours are of half resolution, so that planes can take them as they are. */
  readonly isHalved: boolean;
  /** Filters that bring high dynamic range and wide gamut to BT.709; none where the colours stay as they are. */
  readonly convert: readonly string[];
  /** Primaries and transfer of what comes out, as ffmpeg names them. */
  readonly primaries: string;
  readonly transfer: string;
  /** What should have been converted and cannot be by this ffmpeg. */
  readonly kept?: string;
}

/** What a stream's line says of its colours, in ffmpeg's words. */
interface ColourTags {
  /** Undefined where it says nothing. */
  readonly matrix: string | undefined;
  readonly primaries: string;
  readonly transfer: string;
  readonly isFullRange: boolean;
  readonly isHalved: boolean;
}

/** Heights from which untagged video is taken for BT.709, pixels. */
const HD_HEIGHT = 720;
const MATRICES: Readonly<Record<string, ColourMatrix>> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  bt2020nc: 'bt2020',
};
/** Gamuts wider than BT.709, and curves of high dynamic range with the luminance of their brightest white, cd/m². */
const WIDE = new Map([
  ['bt2020', 'BT.2020'],
  ['smpte431', 'DCI-P3'],
  ['smpte432', 'P3'],
]);
const HIGH = new Map([
  ['arib-std-b67', { name: 'HLG', peak: 1000 }],
  ['smpte2084', { name: 'PQ', peak: 1000 }],
]);
/** Other primaries and transfers that encoders can name; what has another, or none, is taken for BT.709. */
const PRIMARIES = /^(bt709|bt470m|bt470bg|smpte170m|smpte240m|film)$/;
const TRANSFERS = /^(bt709|bt470m|bt470bg|smpte170m|smpte240m|linear|iec61966-2-[14]|bt1361e|bt2020-1[02])$/;
/** White of what is not high dynamic range, cd/m². @source ITU-R BT.2408 */
const WHITE = 203;
/** Up to where tone mapping leaves linear light as it is, 1 = that white: skin keeps its tone. */
const KNEE = 0.6;

/**
 * Reads a stream's line like `Video: hevc (Main 10), yuv420p10le(tv, bt2020nc/bt2020/arib-std-b67), 1920x1080 …`, and
 * finds what brings such colours to BT.709.
 */
export async function readClipColour(line: string, height: number): Promise<ClipColour> {
  const tags = readTags(line);
  const matrix = tags.matrix === undefined ? (height >= HD_HEIGHT ? 'bt709' : 'bt601') : MATRICES[tags.matrix];
  const { primaries, transfer, isHalved } = tags;
  const names = [HIGH.get(transfer)?.name, WIDE.get(primaries)].filter((name) => name !== undefined);
  if (names.length === 0) return { matrix, isHalved, convert: [], primaries, transfer };
  if (!(await canConvert())) return { matrix, isHalved, convert: [], primaries, transfer, kept: names.join(' ') };
  return { matrix: 'bt709', isHalved: true, convert: toStandard(tags), primaries: 'bt709', transfer: 'bt709' };
}

/** In the brackets after the pixel format: range, then matrix/primaries/transfer, or one name if that is each one's. */
function readTags(line: string): ColourTags {
  const [, format = '', inside = ''] = /: Video: .*?, (\w+)(?:\(([^)]*)\))?, \d+x\d+/.exec(line) ?? [];
  const words = inside.split(',').map((word) => word.trim());
  const names = words.map((word) => word.split('/')).find((parts) => parts.length === 3);
  const single = words.find((word) => word in MATRICES || word === 'smpte240m' || word === 'fcc');
  const [matrix = '', primaries = '', transfer = ''] = names ?? [single, single, single];
  return {
    matrix: matrix === 'unknown' || matrix === 'reserved' || matrix === '' ? undefined : matrix,
    primaries: WIDE.has(primaries) || PRIMARIES.test(primaries) ? primaries : 'bt709',
    transfer: HIGH.has(transfer) || TRANSFERS.test(transfer) ? transfer : 'bt709',
    isFullRange: words.includes('pc') || format.startsWith('yuvj'),
    isHalved: /^(yuvj?a?420p|nv12|nv21|p01)/.test(format),
  };
}

/** Linear light between both curves; brightness above white is compressed, colours out of the gamut are clipped. */
function toStandard({ matrix, primaries, transfer, isFullRange }: ColourTags): string[] {
  const peak = HIGH.get(transfer)?.peak;
  const weights = matrix ?? (primaries === 'bt2020' ? 'bt2020nc' : 'bt709');
  const from = `min=${weights}:pin=${primaries}:tin=${transfer}:rin=${isFullRange ? 'full' : 'limited'}`;
  const to = 't=bt709:m=bt709:r=limited';
  if (peak === undefined) return [`zscale=${from}:p=bt709:${to}`, 'format=yuv420p'];
  return [
    `zscale=${from}:t=linear:npl=${WHITE},format=gbrpf32le,zscale=p=bt709`,
    `tonemap=mobius:param=${KNEE}:peak=${(peak / WHITE).toFixed(3)}:desat=0`,
    `zscale=${to}`,
    'format=yuv420p',
  ];
}

/** Per ffmpeg program, whether it has what `toStandard` needs. */
const converters = new Map<string, Promise<boolean>>();

function canConvert(): Promise<boolean> {
  const program = findFfmpeg();
  const known = converters.get(program) ?? listFilters();
  converters.set(program, known);
  return known;
}

async function listFilters(): Promise<boolean> {
  using ffmpeg = startFfmpeg(['-filters']);
  let list = '';
  for await (const text of ffmpeg.stdout.setEncoding('utf8')) list += text;
  return / zscale /.test(list) && / tonemap /.test(list);
}
