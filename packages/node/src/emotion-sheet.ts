import { basename } from 'node:path';
import {
  COEFFICIENT_COUNT,
  type Consent,
  createMeshMotionSpace,
  EMOTIONS,
  type EmotionTarget,
  emotionOffset,
  FRAME_SIZE,
  type TalkerCore,
  VERSION,
  type WarningReporter,
} from '@pctalk/core';
import { throwIfCancelled } from './audio-decode.ts';
import { hashBytes, recordConsent } from './consent.ts';
import { decodeImage, readImageFile } from './image.ts';
import { createOutputFile } from './output-file.ts';
import { signPicture } from './provenance.ts';
import { loadSigner } from './signing-key.ts';

/** Rows of one emotion at rising intensity, or upper faces over lower faces. */
export const SHEET_KINDS = ['intensity', 'compound'] as const;
export type SheetKind = (typeof SHEET_KINDS)[number];

/** What to draw and for whom. */
export interface EmotionSheetOptions {
  /** Path of a picture. */
  readonly source: string;
  /** Path of the sheet, `.png`. */
  readonly output: string;
  readonly kind: SheetKind;
  readonly faceIndex?: number | undefined;
  /** Who agreed that this face be shown with emotions; not needed for the bundled sample. */
  readonly consent?: string | undefined;
  readonly onWarning?: WarningReporter | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was drawn. */
export interface EmotionSheet {
  readonly output: string;
  readonly width: number;
  readonly height: number;
  readonly consent: Consent;
}

const TILE = 192;
const LABEL = 26;
const LEFT = 130;
/** Side of what is shown, in sides of the landmarks' box. */
const MARGIN = 1.3;
const STEPS = [0.25, 0.5, 0.75, 1] as const;
const FELT = EMOTIONS.filter((emotion) => emotion !== 'neutral');

interface Tile {
  readonly row: string;
  readonly column: string;
  readonly conditions: readonly EmotionTarget[];
}

/**
 * Draws a face with every emotion, silent, as one signed PNG.
 * @throws PcTalkError as `renderFile` does
 */
export async function drawEmotionSheet(core: TalkerCore, options: EmotionSheetOptions): Promise<EmotionSheet> {
  const { source: path, kind, faceIndex } = options;
  await using output = await createOutputFile(options.output, { inputs: [path], extension: '.png' });
  const bytes = await readImageFile(path);
  const picture = await decodeImage(bytes, path);
  const sourceSha256 = hashBytes(bytes);
  const consent = recordConsent({ sha256: sourceSha256, name: path }, options.consent);
  const signer = await loadSigner(options.onWarning ?? (() => {}));
  const source = await core.prepare(picture, { faceIndex, where: path });
  using renderer = core.createRenderer(source);
  const space = createMeshMotionSpace(core.basis);
  const still = { head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] as const }, gaze: { yaw: 0, pitch: 0 } };
  const none = new Float32Array(COEFFICIENT_COUNT);
  const emotion = new Float32Array(COEFFICIENT_COUNT);
  const tiles = kind === 'intensity' ? intensityTiles() : compoundTiles();
  const rows = [...new Set(tiles.map(({ row }) => row))];
  const columns = [...new Set(tiles.map(({ column }) => column))];
  const { default: sharp } = await import('sharp');
  const shown = squareAround(source.tick.keypoints);
  const pictures = [];
  for (const { row, column, conditions } of tiles) {
    throwIfCancelled(options.signal);
    const pixels = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
    emotionOffset(conditions, emotion);
    renderer.render(space.compose(source.tick, { lips: none, emotion, life: none, ...still }), pixels);
    const raw = { width: FRAME_SIZE, height: FRAME_SIZE, channels: 4 } as const;
    pictures.push({
      input: await sharp(pixels, { raw }).extract(shown).resize(TILE, TILE).png().toBuffer(),
      left: LEFT + columns.indexOf(column) * TILE,
      top: LABEL + rows.indexOf(row) * TILE,
    });
  }
  const [width, height] = [LEFT + columns.length * TILE, LABEL + rows.length * TILE];
  const labels = Buffer.from(labelSvg(rows, columns, width, height));
  const png = await sharp({ create: { width, height, channels: 4, background: '#ffffff' } })
    .composite([...pictures, { input: labels }])
    .png()
    .toBuffer();
  const inputs = [{ role: 'source', sha256: sourceSha256 }];
  const facts = { title: basename(output.path), version: VERSION, inputs, consent };
  throwIfCancelled(options.signal);
  await output.write(await signPicture(png, 'image/png', facts, signer));
  await output.commit();
  return { output: output.path, width, height, consent };
}

/** A square of the frame with the whole face in it. */
function squareAround(points: Float32Array): { left: number; top: number; width: number; height: number } {
  let [left, top, right, bottom] = [FRAME_SIZE, FRAME_SIZE, 0, 0];
  for (let i = 0; i < points.length; i += 3) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const side = Math.min(FRAME_SIZE, Math.ceil(MARGIN * Math.max(right - left, bottom - top)));
  const from = (middle: number) => Math.round(Math.min(FRAME_SIZE - side, Math.max(0, middle - side / 2)));
  return { left: from((left + right) / 2), top: from((top + bottom) / 2), width: side, height: side };
}

function intensityTiles(): Tile[] {
  return FELT.flatMap((emotion) =>
    STEPS.map((intensity) => ({
      row: emotion,
      column: `${intensity}`,
      conditions: [{ emotion, region: 'all', intensity } as const],
    })),
  );
}

function compoundTiles(): Tile[] {
  return EMOTIONS.flatMap((upper) =>
    EMOTIONS.map((lower) => ({
      row: `${upper} above`,
      column: `${lower} below`,
      conditions: [
        { emotion: upper, region: 'upper_face', intensity: 1 },
        { emotion: lower, region: 'lower_face', intensity: 1 },
      ] as const,
    })),
  );
}

function labelSvg(rows: readonly string[], columns: readonly string[], width: number, height: number): string {
  const text = (x: number, y: number, anchor: string, content: string) =>
    `<text x="${x}" y="${y}" font-family="sans-serif" font-size="13" text-anchor="${anchor}">${content}</text>`;
  const tops = columns.map((name, i) => text(LEFT + (i + 0.5) * TILE, LABEL - 9, 'middle', name));
  const sides = rows.map((name, i) => text(LEFT - 6, LABEL + (i + 0.5) * TILE, 'end', name));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${[...tops, ...sides].join('')}</svg>`;
}
