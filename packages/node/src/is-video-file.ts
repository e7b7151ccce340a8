import { open, stat } from 'node:fs/promises';

/** ISO media brands that are pictures. */
const PICTURE_BRANDS = /^(avif|avis|heic|heix|mif1|msf1)/;
/** Names of clips and sounds, for files whose content says nothing, or that are not there. */
const MEDIA_NAME =
  /\.(mp4|m4v|mov|qt|webm|mkv|avi|mpe?g|ts|m2?ts|vob|wmv|asf|flv|f4v|3gp|3g2|ogv|gif|mxf|rm|mp3|m4a|aac|wav|wma|flac|ogg|oga|opus)$/i;
const PICTURE_HEAD = /^(\xff\xd8\xff|\x89PNG|RIFF....WEBP)/s;
/** First bytes of Matroska, Ogg, GIF, ASF, FLV and MPEG program streams. */
const CLIP_HEADS = ['\x1a\x45\xdf\xa3', 'OggS', 'GIF8', '\x30\x26\xb2\x75', 'FLV\x01', '\0\0\x01\xba'];
const AVI_HEAD = /^RIFF....AVI /s;
/** Boxes QuickTime files began with before there were brands. */
const QUICKTIME_HEAD = /^....(moov|mdat|wide)/s;
/** MPEG transport streams: `G` every 188 bytes, or every 192 after four of time. */
const TRANSPORT_HEAD = /^(.{4})?G.{187}(.{4})?G/s;
/** Bytes that are looked at. */
const HEAD_BYTES = 400;

/**
 * Whether a file is a clip rather than a picture, by its first bytes: MP4, MOV, WebM/Matroska, AVI, MPEG, WMV, FLV, Ogg or
 * GIF. A file that is neither, or that is not there, goes by its name, so that the error speaks of what was meant.
 */
export async function isVideoFile(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false; // A pipe may never have a first byte.
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    if (head.slice(4, 8) === 'ftyp') return !PICTURE_BRANDS.test(head.slice(8, 12));
    if (PICTURE_HEAD.test(head)) return false;
    if (CLIP_HEADS.some((start) => head.startsWith(start))) return true;
    if ([AVI_HEAD, QUICKTIME_HEAD, TRANSPORT_HEAD].some((kind) => kind.test(head))) return true;
    return MEDIA_NAME.test(path);
  } catch {
    return MEDIA_NAME.test(path); // Whoever reads it says what is wrong.
  }
}
