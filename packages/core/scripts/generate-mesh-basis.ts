/**
 * Solves the displacement field of every articulation coefficient on the canonical mesh and writes
 * assets/mesh-basis.bin. Run: npx tsx --conditions=source packages/core/scripts/generate-mesh-basis.ts
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERTEX_COUNT } from '../src/face/canonical-mesh.ts';
import { COEFFICIENTS } from '../src/motion/coefficients.ts';
import { writeMeshBasis } from '../src/motion/mesh-basis.ts';
import { solveBiharmonic } from './mesh-basis/biharmonic.ts';
import { EYE_SHAPES } from './mesh-basis/eye-shapes.ts';
import { at, type Shape } from './mesh-basis/handles.ts';
import { MOUTH_SHAPES } from './mesh-basis/mouth-shapes.ts';

/** Half width of the blend between the two sides of a split movement, U. */
const SPLIT_WIDTH = 0.14;

const shapes: Readonly<Record<string, () => Shape>> = { ...MOUTH_SHAPES, ...EYE_SHAPES };
const fields = new Map(Object.entries(shapes).map(([name, shape]) => [name, solveBiharmonic(shape().done)]));
const displacements = new Float32Array(COEFFICIENTS.length * VERTEX_COUNT * 3);
for (const [c, name] of COEFFICIENTS.entries()) displacements.set(fieldOf(name), c * VERTEX_COUNT * 3);
const target = join(dirname(fileURLToPath(import.meta.url)), '../assets/mesh-basis.bin');
const bytes = writeMeshBasis({ displacements });
writeFileSync(target, bytes);
console.log(`${COEFFICIENTS.length} coefficients, ${bytes.length} bytes → ${target}`);

function fieldOf(name: string): Float64Array {
  const whole = fields.get(name);
  if (whole) return whole;
  const sided = name.match(/^(.*)(Left|Right)$/);
  const symmetric = sided && fields.get(sided[1]!);
  if (!symmetric) throw new Error(`no shape for ${name}`);
  return symmetric.map((value, i) => value * sideWeight(Math.floor(i / 3), sided[2] === 'Left' ? 1 : -1));
}

/** 1 on the side (+1 = subject's left, image right), 0 on the other; both sides add up to 1. */
function sideWeight(vertex: number, side: 1 | -1): number {
  const x = Math.max(-1, Math.min(1, (side * at(vertex, 0)) / SPLIT_WIDTH));
  return 0.5 + 0.75 * x - 0.25 * x ** 3;
}
