/**
 * Measures the mesh motion space on tracked video. Run:
 * npx tsx --conditions=source packages/core/scripts/measure-mesh-basis.ts <folder of .f32 tracks of one person> [clips]
 *
 * Prints how much of the squared lip and face motion the basis explains (image plane of the head frame, from the person's
 * neutral), how well lip gap and mouth width are followed, and, driving the average face with what was tracked, how many
 * closures each full emotion keeps and how alike its gap curve stays.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIP_ROWS, VERTEX_COUNT } from '../src/face/canonical-mesh.ts';
import { createCanonicalSource } from '../src/motion/canonical-source.ts';
import { COEFFICIENT_COUNT, COEFFICIENTS } from '../src/motion/coefficients.ts';
import { EMOTION_VECTORS } from '../src/motion/emotion-presets.ts';
import { EMOTIONS } from '../src/motion/emotions.ts';
import { estimateNeutral } from '../src/motion/estimate-neutral.ts';
import { createFaceMeasures, type FaceMeasures, measureFace } from '../src/motion/measures.ts';
import { readMeshBasis } from '../src/motion/mesh-basis.ts';
import { createMeshMotionSpace } from '../src/motion/mesh-motion-space.ts';
import { KEYPOINT_COUNT } from '../src/motion/motion-space.ts';
import { createMotionTracker } from '../src/motion/motion-tracker.ts';
import { writeHeadFrame, writePoseMatrix } from '../src/motion/pose-matrix.ts';

const [folder, clips = '12'] = process.argv.slice(2);
if (!folder) throw new Error('usage: measure-mesh-basis.ts <folder of .f32 tracks of one person> [clips]');
const CLOSED = 0.03;
const LIPS = new Set([...LIP_ROWS.upper.flat(), ...LIP_ROWS.lower.flat()]);
const basis = readMeshBasis(readFileSync(fileURLToPath(new URL('../assets/mesh-basis.bin', import.meta.url))));
const names = readdirSync(folder).filter((name) => name.endsWith('.f32'));
const frames = names.slice(0, Number(clips)).flatMap((name) => readTrack(join(folder, name)));
const neutral = estimateNeutral(frames);
const tracker = createMotionTracker(basis, neutral);

const left = { lips: 0, face: 0 };
const total = { lips: 0, face: 0 };
const real: FaceMeasures[] = [];
const modelled: FaceMeasures[] = [];
const spoken: Float32Array[] = [];
const started = process.cpuUsage().user;
for (const frame of frames) {
  const { coefficients, head } = tracker.track(frame);
  const model = rebuild(coefficients);
  for (let v = 0; v < VERTEX_COUNT; v++) {
    for (let i = v * 3; i < v * 3 + 2; i++) {
      for (const part of LIPS.has(v) ? (['lips', 'face'] as const) : (['face'] as const)) {
        left[part] += (head[i]! - model[i]!) ** 2;
        total[part] += (head[i]! - neutral[i]!) ** 2;
      }
    }
  }
  real.push(measureFace(head, createFaceMeasures()));
  modelled.push(measureFace(model, createFaceMeasures()));
  spoken.push(coefficients.map((x, k) => (/^(jaw|mouth)/.test(COEFFICIENTS[k]!) ? x : 0)));
}
const share = (part: 'lips' | 'face') => `${(100 * (1 - left[part] / total[part])).toFixed(1)} %`;
console.log(`${frames.length} frames: explained lips ${share('lips')}, face ${share('face')}`);
console.log(
  `CPU ${((process.cpuUsage().user - started) / 1000 / frames.length).toFixed(2)} ms a frame, measuring included`,
);
for (const name of ['lipGap', 'mouthWidth'] as const) {
  console.log(`${name}: r ${correlation(column(real, name), column(modelled, name)).toFixed(3)}`);
}
const plain = drive('neutral');
console.log(`average face: lip gap r ${correlation(column(real, 'lipGap'), column(plain, 'lipGap')).toFixed(3)}`);
for (const emotion of EMOTIONS) {
  const felt = drive(emotion);
  const closed = plain.map((m) => m.lipGapPerWidth < CLOSED);
  const kept = felt.filter((m, f) => closed[f] && m.lipGapPerWidth < CLOSED).length / closed.filter(Boolean).length;
  const alike = correlation(column(plain, 'lipGap'), column(felt, 'lipGap'));
  console.log(`${emotion}: closures kept ${(100 * kept).toFixed(0)} %, gap curve r ${alike.toFixed(3)}`);
}

function drive(emotion: (typeof EMOTIONS)[number]): FaceMeasures[] {
  const space = createMeshMotionSpace(basis);
  const source = createCanonicalSource(basis);
  const matrix = new Float64Array(9);
  const head = new Float32Array(KEYPOINT_COUNT * 3);
  return spoken.map((lips) => {
    const driven = space.compose(source, {
      lips,
      emotion: EMOTION_VECTORS[emotion],
      life: new Float32Array(COEFFICIENT_COUNT),
      head: { pitch: 0, yaw: 0, roll: 0, shift: [0, 0, 0] },
      gaze: { yaw: 0, pitch: 0 },
    });
    writePoseMatrix(driven.pose, matrix);
    writeHeadFrame(driven.keypoints, driven.pose, matrix, head);
    return measureFace(head, createFaceMeasures());
  });
}

function rebuild(coefficients: Float32Array): Float32Array {
  const model = neutral.slice();
  const length = VERTEX_COUNT * 3;
  for (let k = 0; k < COEFFICIENT_COUNT; k++) {
    for (let i = 0; i < length; i++) model[i]! += coefficients[k]! * basis.displacements[k * length + i]!;
  }
  return model;
}

function readTrack(path: string): Float32Array[] {
  const bytes = Uint8Array.from(readFileSync(path));
  const values = new Float32Array(bytes.buffer);
  const size = KEYPOINT_COUNT * 3;
  return Array.from({ length: values.length / size }, (_, f) => values.slice(f * size, (f + 1) * size));
}

function column(measures: readonly FaceMeasures[], name: keyof FaceMeasures): number[] {
  return measures.map((m) => m[name]);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    ab += (x - ma) * (b[i]! - mb);
    aa += (x - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
