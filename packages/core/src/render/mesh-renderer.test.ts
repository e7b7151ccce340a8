import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { INNER_LIPS } from '../face/canonical-mesh.ts';
import type { RgbaImage } from '../image.ts';
import { normalAt } from '../math/random.ts';
import { createCanonicalSource } from '../motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENT_INDEX, type Coefficient } from '../motion/coefficients.ts';
import { readMeshBasis } from '../motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../motion/mesh-motion-space.ts';
import type { DrivenFrame, HeadPose, SourceTick } from '../motion/motion-space.ts';

import { coverSourceFace } from './head-surface.ts';
import { createMeshRenderer } from './mesh-renderer.ts';
import { holdsFace } from './person-layer.ts';
import { FRAME_SIZE, type RendererOptions } from './renderer.ts';

const basis = readMeshBasis(readFileSync(new URL('../../assets/mesh-basis.bin', import.meta.url)));
const space = createMeshMotionSpace(basis);

/** A face-coloured picture with film grain, darker outside the face. */
function grainyPicture(): RgbaImage {
  const data = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  for (let y = 0; y < FRAME_SIZE; y++) {
    for (let x = 0; x < FRAME_SIZE; x++) {
      const inside = ((x - 256) / 150) ** 2 + ((y - 250) / 210) ** 2 < 1;
      const grain = 5 * normalAt(7, y, x);
      const p = (y * FRAME_SIZE + x) * 4;
      data[p] = (inside ? 205 : 80) + grain + 10 * Math.sin(x / 9);
      data[p + 1] = (inside ? 160 : 95) + grain + 10 * Math.sin(y / 11);
      data[p + 2] = (inside ? 140 : 110) + grain;
      data[p + 3] = 255;
    }
  }
  return { width: FRAME_SIZE, height: FRAME_SIZE, data };
}

interface Motion {
  readonly coefficients?: Partial<Record<Coefficient, number>>;
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
  readonly gazeYaw?: number;
}

function drive(source: SourceTick, motion: Motion): DrivenFrame {
  const lips = new Float32Array(COEFFICIENT_COUNT);
  const emotion = new Float32Array(COEFFICIENT_COUNT);
  for (const [name, value] of Object.entries(motion.coefficients ?? {}) as [Coefficient, number][]) {
    (/^(jaw|mouth)/.test(name) ? lips : emotion)[COEFFICIENT_INDEX[name]] = value;
  }
  return space.compose(source, {
    lips,
    emotion,
    life: new Float32Array(COEFFICIENT_COUNT),
    head: { pitch: motion.pitch ?? 0, yaw: motion.yaw ?? 0, roll: motion.roll ?? 0, shift: [0, 0, 0] },
    gaze: { yaw: motion.gazeYaw ?? 0, pitch: 0 },
  });
}

const picture = grainyPicture();
const pose: HeadPose = { pitch: 0, yaw: 0, roll: 0, scale: 140, translation: [256, 300, 0] };
const source = createCanonicalSource(basis, undefined, pose);

function render(motion: Motion, crop = picture, tick = source, options: RendererOptions = {}): Uint8ClampedArray {
  using renderer = createMeshRenderer(crop, tick, options);
  const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
  renderer.render(drive(tick, motion), out);
  return out;
}

/** Largest and mean absolute difference over a rectangle. */
function compare(a: Uint8ClampedArray, b: Uint8ClampedArray, x0 = 0, y0 = 0, x1 = FRAME_SIZE, y1 = FRAME_SIZE) {
  let most = 0;
  let sum = 0;
  for (let y = y0; y < y1; y++) {
    for (let i = (y * FRAME_SIZE + x0) * 4; i < (y * FRAME_SIZE + x1) * 4; i++) {
      const difference = Math.abs(a[i]! - b[i]!);
      most = Math.max(most, difference);
      sum += difference;
    }
  }
  return { most, mean: sum / ((x1 - x0) * (y1 - y0) * 4) };
}

describe('mesh renderer', () => {
  test('K_d = K_s gives the photo', () => {
    expect(compare(render({}), picture.data).most).toBe(0);
  });

  test('K_d = K_s gives the photo for a turned and tilted head, too', () => {
    const turned = createCanonicalSource(basis, undefined, { ...pose, yaw: 0.5, pitch: 0.2, roll: -0.4 });
    expect(compare(render({}, picture, turned), picture.data).most).toBe(0);
  });

  test('a crop of twice the size is reduced', () => {
    const data = new Uint8ClampedArray(4 * picture.data.length);
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [(i >> 2) % 1024, Math.floor(i / 4096)];
      data[i] = picture.data[((y >> 1) * FRAME_SIZE + (x >> 1)) * 4 + (i & 3)]!;
    }
    expect(compare(render({}, { width: 1024, height: 1024, data }), picture.data).most).toBe(0);
  });

  test('an opening jaw shows the inside of the mouth and leaves forehead and background alone', () => {
    const opened = render({ coefficients: { jawOpen: 0.5 } });
    const lip = (row: readonly number[]): number => source.keypoints[row[5]! * 3 + 1]!;
    const y = Math.round((lip(INNER_LIPS.upper) + lip(INNER_LIPS.lower)) / 2) + 12;
    expect(compare(opened, picture.data, 246, y, 266, y + 4).mean).toBeGreaterThan(15);
    expect(compare(opened, picture.data, 0, 0, FRAME_SIZE, 150).most).toBe(0);
    expect(compare(opened, picture.data, 0, 0, 60, FRAME_SIZE).most).toBeLessThanOrEqual(1);
    expect(compare(opened, picture.data, 452, 0, FRAME_SIZE, FRAME_SIZE).most).toBeLessThanOrEqual(1);
  });

  test('lips that part a little show a dark line, and no line of light teeth', () => {
    const parted = render({ coefficients: { jawOpen: 0.07 } });
    const lip = (row: readonly number[]): number => source.keypoints[row[5]! * 3 + 1]!;
    const y = Math.round((lip(INNER_LIPS.upper) + lip(INNER_LIPS.lower)) / 2);
    let line = 255;
    for (let j = y - 3; j < y + 6; j++) {
      let sum = 0;
      for (let x = 236; x < 276; x++) sum += parted[(j * FRAME_SIZE + x) * 4 + 1]! / 40;
      expect(sum).toBeLessThan(172);
      line = Math.min(line, sum);
    }
    expect(line).toBeLessThan(140);
  });

  test('a turning head leaves the corners of the picture alone and tears nothing', () => {
    const turned = render({ yaw: 0.2, pitch: 0.1, roll: 0.1 });
    for (const [x, y] of [
      [0, 0],
      [480, 0],
      [0, 480],
      [480, 480],
    ] as const) {
      expect(compare(turned, picture.data, x, y, x + 32, y + 32).mean).toBeLessThan(1);
    }
    // Inside the face the colour stays the face's: a hole would show the darker background or the unmoved photo's edge.
    for (let y = 150; y < 400; y += 5) {
      for (let x = 200; x < 312; x += 5) expect(turned[(y * FRAME_SIZE + x) * 4]).toBeGreaterThan(140);
    }
  });

  test('a blink covers the eyeball', () => {
    const eyes = new Uint8ClampedArray(picture.data);
    const iris = source.keypoints.subarray(468 * 3);
    for (let y = -6; y <= 6; y++) {
      for (let x = -6; x <= 6; x++)
        eyes.set([20, 20, 120], ((Math.round(iris[1]!) + y) * 512 + Math.round(iris[0]!) + x) * 4);
    }
    const marked = { ...picture, data: eyes };
    const at = (Math.round(iris[1]!) * FRAME_SIZE + Math.round(iris[0]!)) * 4;
    const shut = render({ coefficients: { eyeBlinkLeft: 1, eyeBlinkRight: 1 } }, marked);
    expect(shut[at]! - shut[at + 2]!).toBeGreaterThan(0);
    // Looking aside carries the iris with it.
    const aside = render({ gazeYaw: 0.25 }, marked);
    expect(aside[at + 4 * 7 + 2]! - aside[at + 4 * 7]!).toBeGreaterThan(40);
  });

  test('the same input gives the same bytes', () => {
    const motion: Motion = { coefficients: { jawOpen: 0.3, eyeBlinkLeft: 0.4 }, yaw: 0.1, gazeYaw: 0.1 };
    expect(compare(render(motion), render(motion)).most).toBe(0);
  });

  test('a frame does not depend on the frames before it', () => {
    using renderer = createMeshRenderer(picture, source);
    const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
    renderer.render(drive(source, { coefficients: { jawOpen: 0.8, eyeBlinkLeft: 1 }, yaw: -0.2 }), out);
    renderer.render(drive(source, { coefficients: { jawOpen: 0.2 }, roll: 0.05 }), out);
    expect(compare(out, render({ coefficients: { jawOpen: 0.2 }, roll: 0.05 })).most).toBe(0);
  });

  test('nothing flickers: a slow sweep moves brightness smoothly', () => {
    using renderer = createMeshRenderer(picture, source);
    const frames = Array.from({ length: 24 }, (_, i) => {
      const out = new Uint8ClampedArray(FRAME_SIZE * FRAME_SIZE * 4);
      const t = i / 23;
      // Starts at rest, so that every cross-fade is passed.
      renderer.render(
        drive(source, {
          coefficients: { jawOpen: 0.12 * t, eyeBlinkLeft: 0.3 * t, eyeBlinkRight: 0.3 * t },
          yaw: 0.004 * t,
        }),
        out,
      );
      return out;
    });
    let jumps = 0;
    let sum = 0;
    for (let k = 1; k < frames.length - 1; k++) {
      for (let i = 0; i < frames[k]!.length; i++) {
        const second = Math.abs(frames[k - 1]![i]! - 2 * frames[k]![i]! + frames[k + 1]![i]!);
        sum += second;
        if (second > 40) jumps++;
      }
    }
    const samples = (frames.length - 2) * frames[0]!.length;
    expect(sum / samples).toBeLessThan(0.6);
    expect(jumps / samples).toBeLessThan(2e-5);
  });

  test('film grain keeps its strength under sub-pixel motion', () => {
    const deviation = (frame: Uint8ClampedArray): number => {
      let sum = 0;
      let squares = 0;
      let count = 0;
      for (let y = 170; y < 190; y++) {
        for (let x = 230; x < 282; x++) {
          const p = (y * FRAME_SIZE + x) * 4 + 2;
          const high = frame[p]! - (frame[p - 4]! + frame[p + 4]! + frame[p - 2048]! + frame[p + 2048]!) / 4;
          sum += high;
          squares += high * high;
          count++;
        }
      }
      return Math.sqrt(squares / count - (sum / count) ** 2);
    };
    const still = deviation(render({}));
    for (const yaw of [0.004, 0.008, 0.012, 0.016]) expect(deviation(render({ yaw })) / still).toBeGreaterThan(0.75);
  });

  describe('with a matte', () => {
    // Head and shoulders over a grid of fine lines.
    const isPerson = (x: number, y: number): boolean =>
      ((x - 256) / 165) ** 2 + ((y - 245) / 225) ** 2 < 1 || (y > 400 && Math.abs(x - 256) < 60 + (y - 400));
    const alpha = new Uint8Array(FRAME_SIZE * FRAME_SIZE);
    const grid = new Uint8ClampedArray(picture.data);
    for (let i = 0; i < alpha.length; i++) {
      const [x, y] = [i % FRAME_SIZE, Math.floor(i / FRAME_SIZE)];
      if (isPerson(x, y)) alpha[i] = 255;
      else grid.fill(x % 8 === 0 || y % 8 === 0 ? 250 : 20, i * 4, i * 4 + 3);
    }
    const over = { ...picture, data: grid };
    const matte = { side: FRAME_SIZE, alpha };
    const nod: Motion = { yaw: 0.2, pitch: 0.1, roll: 0.1 };

    test('K_d = K_s gives the photo', () => {
      expect(compare(render({}, over, source, { matte }), grid).most).toBe(0);
    });

    test('the background stays to the pixel, also where the head was beside it', () => {
      const moved = render(nod, over, source, { matte });
      let changed = 0;
      for (let i = 0; i < alpha.length; i++) {
        const [x, y] = [i % FRAME_SIZE, Math.floor(i / FRAME_SIZE)];
        // Beyond .3 U, which the head may come to cover.
        if (((x - 256) / 210) ** 2 + ((y - 245) / 270) ** 2 < 1 || y > 350) continue;
        if (Math.abs(moved[i * 4]! - grid[i * 4]!) > 0) changed++;
      }
      expect(changed).toBe(0);
      expect(compare(render(nod, over), grid, 0, 0, 60, 200).mean).toBeGreaterThan(2);
    });

    test('hair far above the face goes with the head as a whole', () => {
      const marked = new Uint8ClampedArray(grid);
      for (let y = 36; y < 44; y++) for (let x = 252; x < 260; x++) marked.set([0, 255, 0], (y * FRAME_SIZE + x) * 4);
      const rolled = render({ roll: 0.1 }, { ...picture, data: marked }, source, { matte });
      let [sum, place] = [0, 0];
      for (let i = 0; i < alpha.length; i++) {
        const green = rolled[i * 4 + 1]! - rolled[i * 4]!;
        if (green < 100 || Math.floor(i / FRAME_SIZE) > 70) continue;
        sum++;
        place += i % FRAME_SIZE;
      }
      // About the pivot in the neck, .25 U below the nose base: (335 − 40) · sin(.1) = 29 pixels.
      expect(Math.abs(place / sum - 256)).toBeGreaterThan(26);
    });

    test('another background, or none, lies behind a head that moves or rests', () => {
      const blue = { ...picture, data: Uint8ClampedArray.from(grid, (_, i) => ((i & 3) < 2 ? 0 : 255)) };
      for (const motion of [{}, nod]) {
        const replaced = render(motion, over, source, { matte, backdrop: blue });
        expect([...replaced.subarray(0, 4)]).toEqual([0, 0, 255, 255]);
        const alone = render(motion, over, source, { matte, backdrop: 'transparent' });
        expect([...alone.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
        const middle = (300 * FRAME_SIZE + 256) * 4;
        expect(alone[middle + 3]).toBe(255);
        expect([...alone.subarray(middle, middle + 3)]).toEqual([...replaced.subarray(middle, middle + 3)]);
      }
    });

    test('a matte that has lost the face is known as such', () => {
      const face = coverSourceFace(source.keypoints);
      expect(holdsFace(alpha, face)).toBe(true);
      const shifted = alpha.map((_, i) => alpha[i + 150] ?? 0);
      expect(holdsFace(shifted, face)).toBe(false);
    });
  });

  test('a disposed renderer refuses', () => {
    const renderer = createMeshRenderer(picture, source);
    renderer[Symbol.dispose]();
    expect(() => renderer.render(drive(source, {}), new Uint8ClampedArray(4))).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('disposed') }),
    );
  });
});
