/**
 * How far the background moves when the head does, on cut-outs of known alpha over a grid.
 *
 *   node --import tsx --conditions=source scripts/measure-scene.ts [portrait …, default the sample]
 *
 * Each portrait is cut out by its own hardened matte and laid over two grids of lines, then taken as any picture: face found,
 * person told from background, driven by the sample's speech at head motion 2. Background further than .3 U (U = distance of
 * the outer eye corners) from the cut-out is followed from the picture to every fifth frame in blocks of 16 pixels by least
 * squares on brightness (Lucas & Kanade 1981). Printed: pixels of the 512 × 512 frame, the 95th percentile and the largest,
 * with the matte and without.
 */
import {
  createMeshRenderer,
  cropImage,
  FRAME_SIZE,
  type PersonMatte,
  parsePerformance,
  type Renderer,
  type RgbaImage,
  STYLES,
  type StillSource,
  TalkerCore,
} from '@pctalk/core';
import { createNodeRuntime, decodeAudio, decodeImage, readTalkerAssets, sampleFiles } from '@pctalk/node';

const BLOCK = 16;
const EVERY = 5;
const PERIODS = [16, 40];
/** Sum of squared slopes below which a block holds nothing to follow. */
const FLAT = 2000;
const CLEAR = 0.3;

const core = await TalkerCore.create(createNodeRuntime(), await readTalkerAssets());
const files = process.argv.length > 2 ? process.argv.slice(2) : [sampleFiles().source];
for (const file of files) {
  for (const period of PERIODS) {
    const { picture, truth } = await cutOut(file, period);
    const source = await core.prepare(picture, { where: file });
    const blocks = backgroundBlocks(source, truth);
    const [after, before] = [source.matte, undefined].map((matte) =>
      createMeshRenderer(source.crop, source.tick, { matte }),
    ) as [Renderer, Renderer];
    const moved = await follow(source, blocks, [after, before]);
    console.log(`${file}, grid ${period}: ${blocks.length} blocks; with the matte ${moved[0]}; without ${moved[1]}`);
  }
}
await core.dispose();

/** The portrait's crop with its background replaced by a grid, as a picture, and where the person is in it. */
async function cutOut(file: string, period: number): Promise<{ picture: RgbaImage; truth: PersonMatte }> {
  const portrait = await decodeImage(file);
  const { region, crop } = await core.prepare(portrait, { where: file });
  const picture = cropImage(portrait, region, FRAME_SIZE);
  const { matte } = await core.prepare(portrait, { where: file });
  const ratio = crop.width / FRAME_SIZE;
  const alpha = new Uint8Array(FRAME_SIZE * FRAME_SIZE);
  for (let i = 0; i < alpha.length; i++) {
    const [x, y] = [i % FRAME_SIZE, Math.floor(i / FRAME_SIZE)];
    alpha[i] = matte!.alpha[y * ratio * crop.width + x * ratio]! >= 128 ? 255 : 0;
    if (alpha[i] === 255) continue;
    const value = x % period < 2 || y % period < 2 ? 40 : 200;
    picture.data.fill(value, i * 4, i * 4 + 3);
  }
  return { picture, truth: { side: FRAME_SIZE, alpha } };
}

/** Top left corners of blocks in the crop that are background, far enough from the person, with something to follow. */
function backgroundBlocks({ region, tick, crop }: StillSource, truth: PersonMatte): [number, number][] {
  const scale = region.size / FRAME_SIZE;
  const [left, top] = [region.centerX - region.size / 2, region.centerY - region.size / 2];
  const person = (x: number, y: number): boolean => {
    const [u, v] = [Math.floor(left + x * scale), Math.floor(top + y * scale)];
    // Beyond the cut-out the crop shows what was invented: that is not background of known alpha.
    if (u < 0 || v < 0 || u >= FRAME_SIZE || v >= FRAME_SIZE) return true;
    return truth.alpha[v * FRAME_SIZE + u]! > 0;
  };
  const reach = CLEAR * tick.pose.scale;
  const blocks: [number, number][] = [];
  for (let y = 2; y + BLOCK + 2 < FRAME_SIZE; y += BLOCK) {
    for (let x = 2; x + BLOCK + 2 < FRAME_SIZE; x += BLOCK) {
      let clear = true;
      for (let v = y - reach; v <= y + BLOCK + reach; v += 4) {
        for (let u = x - reach; u <= x + BLOCK + reach; u += 4) if (person(u, v)) clear = false;
      }
      if (clear && displacement(crop, crop.data, x, y) !== undefined) blocks.push([x, y]);
    }
  }
  return blocks;
}

async function follow(source: StillSource, blocks: readonly [number, number][], renderers: readonly Renderer[]) {
  const performance = parsePerformance({ version: 1, headMotion: 2 }, 'performance', { styles: STYLES });
  const ways = renderers.map((): number[] => []);
  const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  const photo = new Uint8ClampedArray(out.length);
  const undriven = { ...source.tick, coefficients: source.tick.expression, gaze: { yaw: 0, pitch: 0 } };
  renderers[1]!.render(undriven, photo);
  const still = { width: FRAME_SIZE, height: FRAME_SIZE, data: photo };
  const audio = decodeAudio(sampleFiles().audio);
  for await (const { frameIndex, driven } of core.perform(source, audio, core.createDirector(performance))) {
    if (frameIndex % EVERY !== 0) continue;
    for (const [k, renderer] of renderers.entries()) {
      renderer.render(driven, out);
      for (const [x, y] of blocks) ways[k]!.push(displacement(still, out, x, y) ?? 0);
    }
  }
  return ways.map((way) => {
    const sorted = way.sort((a, b) => a - b);
    return `${sorted[Math.floor(0.95 * (sorted.length - 1))]?.toFixed(2)} / ${sorted.at(-1)?.toFixed(2)}`;
  });
}

/** Way of a block of the picture in a frame, pixels; undefined where it is flat. */
function displacement({ data }: RgbaImage, frame: Uint8ClampedArray, left: number, top: number): number | undefined {
  const at = (pixels: Uint8ClampedArray, x: number, y: number) => pixels[(y * FRAME_SIZE + x) * 4 + 1]!;
  let [xx, xy, yy, xt, yt] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + BLOCK; y++) {
    for (let x = left; x < left + BLOCK; x++) {
      const dx = (at(data, x + 1, y) - at(data, x - 1, y)) / 2;
      const dy = (at(data, x, y + 1) - at(data, x, y - 1)) / 2;
      const dt = at(data, x, y) - at(frame, x, y);
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
      xt += dx * dt;
      yt += dy * dt;
    }
  }
  if (Math.min(xx, yy) < FLAT) return undefined;
  const determinant = xx * yy - xy * xy;
  if (determinant < FLAT * FLAT) return undefined;
  return Math.hypot((yy * xt - xy * yt) / determinant, (xx * yt - xy * xt) / determinant);
}
