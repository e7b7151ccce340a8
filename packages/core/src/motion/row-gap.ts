import { VERTEX_COUNT } from '../face/canonical-mesh.ts';
import type { MeshBasis } from './mesh-basis.ts';

/** How much coefficient k at 1 parts two vertices vertically, U. */
export function fieldGap({ displacements }: MeshBasis, k: number, upper: number, lower: number): number {
  const start = k * VERTEX_COUNT * 3 + 1;
  return displacements[start + lower * 3]! - displacements[start + upper * 3]!;
}
