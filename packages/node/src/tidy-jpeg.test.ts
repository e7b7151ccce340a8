import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PcTalkError, type RgbaImage } from '@pctalk/core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from './image.ts';
import { tidyJpeg } from './tidy-jpeg.ts';

const portrait = createRequire(import.meta.url).resolve('@pctalk/core/assets/sample/portrait.jpg');
/** 64 × 64, restart markers after each row of blocks: ffmpeg -threads 4 -thread_type slice -c:v mjpeg -q:v 14. */
const restarts = new Uint8Array(readFileSync(new URL('../test/golden/restart-markers.jpg', import.meta.url)));
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const join = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
const segment = (marker: number, body: Uint8Array, length = body.length + 2) =>
  join([0xff, marker, length >> 8, length & 255], body);
const find = (bytes: Uint8Array, marker: number) => Buffer.from(bytes).lastIndexOf(Uint8Array.of(0xff, marker));

/** Pixel by pixel; a list of all differences would take long. */
function expectSame(image: RgbaImage, whole: RgbaImage): void {
  expect([image.width, image.height]).toEqual([whole.width, whole.height]);
  expect(image.data.findIndex((value, i) => value !== whole.data[i])).toBe(-1);
}

/** Where a marker stands, and what its segment becomes. */
function withSegment(bytes: Uint8Array, marker: number, change: (segment: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  const at = find(copy, marker);
  change(copy.subarray(at, at + 2 + copy[at + 2]! * 256 + copy[at + 3]!));
  return copy;
}

describe.each(['baseline', 'progressive', 'CMYK'])('a %s JPEG', (kind) => {
  let jpeg: Uint8Array;
  let whole: RgbaImage;
  beforeAll(async () => {
    const picture = sharp(portrait).resize(160, 192);
    const options = { quality: 90, progressive: kind === 'progressive' };
    jpeg = await (kind === 'CMYK' ? picture.toColourspace('cmyk') : picture).jpeg(options).toBuffer();
    jpeg = new Uint8Array(jpeg);
    whole = await decodeImage(jpeg);
  });

  const afterStart = (part: Uint8Array) => join(jpeg.subarray(0, 2), part, jpeg.subarray(2));
  const beforeTables = (part: Uint8Array) => {
    const at = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xdb));
    return join(jpeg.subarray(0, at), part, jpeg.subarray(at));
  };

  it('is left as it is when it has no flaw', () => {
    expect(tidyJpeg(jpeg)).toEqual({ bytes: jpeg });
  });

  it.each<[string, () => Uint8Array]>([
    ['no end mark', () => jpeg.subarray(0, -2)],
    ['half an end mark', () => jpeg.subarray(0, -1)],
    ['bytes behind it', () => join(jpeg, latin1('\r\n\r\nextra'))],
    ['a second picture behind it', () => join(jpeg, jpeg)],
    ['bytes before it', () => join(latin1('\r\n'), jpeg)],
    ['two start marks', () => afterStart(Uint8Array.of(0xff, 0xd8))],
    ['bytes between segments', () => beforeTables(Uint8Array.of(0, 0x10, 0x20, 0xff, 0x10, 0xff))],
    ['filling bytes', () => beforeTables(Uint8Array.of(0xff, 0xff, 0xff))],
    ['bytes behind the scan', () => join(jpeg.subarray(0, -2), [1, 2, 3], jpeg.subarray(-2))],
    ['a segment of length 0', () => afterStart(segment(0xe3, latin1('abcdef'), 0))],
    ['a segment that is longer than its length', () => afterStart(segment(0xe3, latin1('abcdefghijkl'), 5))],
    ['a segment that is shorter than its length', () => afterStart(segment(0xe3, latin1('abcdefghijkl'), 200))],
    ['a segment longer than the file', () => afterStart(segment(0xfe, latin1('abcdefghijkl'), 65_535))],
    ['a damaged EXIF', () => afterStart(segment(0xe1, latin1('Exif\0\0II*\0\xff\xff\xff\x7fgarbage')))],
    ['a damaged profile', () => afterStart(segment(0xe2, latin1('ICC_PROFILE\0\x01\x02garbage')))],
  ])('is read with %s, pixel by pixel', async (_, make) => {
    expectSame(await decodeImage(make()), whole);
  });

  it('stays refused where pixels are missing or damaged', async () => {
    const at = find(jpeg, 0xda) + 100;
    const flipped = jpeg.slice();
    for (let i = at; i < jpeg.length - 20; i += 97) flipped[i]! ^= 0x55;
    const broken = [
      ...[3, 4, 6, 10, 50, 1000].map((bytes) => jpeg.subarray(0, -bytes)),
      ...[0.1, 0.3, 0.5, 0.7, 0.9].map((share) => jpeg.subarray(0, jpeg.length * share)),
      join(jpeg.subarray(0, at), jpeg.subarray(at + jpeg.length / 3)),
      jpeg.subarray(0, find(jpeg, 0xda)),
      flipped,
    ];
    for (const bytes of broken) {
      const error = await decodeImage(bytes).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PcTalkError);
      expect((error as PcTalkError).code).toBe('image-unreadable');
    }
  });
});

describe('flaws of a header', () => {
  it('that every viewer overlooks are overlooked', async () => {
    const jpeg = new Uint8Array(await sharp(portrait).resize(160, 192).jpeg({ optimiseScans: false }).toBuffer());
    const whole = await decodeImage(jpeg);
    const sos = withSegment(jpeg, 0xda, (part) => part.fill(0, part.length - 2));
    const version = join([0xff, 0xd8], segment(0xe0, latin1('JFIF\0\x09\x09\0\0\x01\0\x01\0\0')), jpeg.subarray(2));
    const adobe = join([0xff, 0xd8], segment(0xee, latin1('Adobe\0\x64\0\0\0\0\x07')), jpeg.subarray(2));
    for (const bytes of [sos, version, adobe]) expectSame(await decodeImage(bytes), whole);
  });

  it('and restart markers that are counted otherwise', async () => {
    const whole = await decodeImage(restarts);
    expect(tidyJpeg(restarts)).toEqual({ bytes: restarts });
    const places = [...restarts.keys()].filter((i) => restarts[i] === 0xff && (restarts[i + 1]! & 0xf8) === 0xd0);
    expect(places.length).toBeGreaterThan(1);
    for (const code of [(k: number) => 0xd1 + k, () => 0xd0, (k: number) => 0xd7 - k]) {
      const bytes = restarts.slice();
      for (const [k, place] of places.entries()) bytes[place + 1] = code(k);
      expectSame(await decodeImage(bytes), whole);
    }
    const lost = join(restarts.subarray(0, places[1]), restarts.subarray(places[2]));
    await expect(decodeImage(lost)).rejects.toMatchObject({ code: 'image-unreadable' });
  });
});
