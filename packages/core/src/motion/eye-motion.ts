import { CANONICAL_VERTICES, type EyeRows, VERTEX_COUNT } from '../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT } from './coefficients.ts';
import type { MeshBasis } from './mesh-basis.ts';
import type { Gaze } from './motion-space.ts';
import { fieldGap } from './row-gap.ts';

const COLUMNS = 7;
/** Radius of the eyeball: 12 mm where the outer eye corners are 90 mm apart, U. */
export const EYEBALL_RADIUS = 0.133;
/** Share of the iris's vertical way that each lid goes with it. */
const UPPER_LID_FOLLOWS = 0.8;
const LOWER_LID_FOLLOWS = 0.35;
/** Shares of the margin's correction that the rings around it take. */
const RING_FOLLOWS = [1, 0.52, 0.14] as const;
const UPPER_SHARE = 0.94;
/** Expressions other than a blink leave at least this share of the eye open. */
const LEAST_OPEN = 0.3;
/** Eyes of photographed people, as they look at a camera, are this much wider than the canonical face's. */
const WIDER_THAN_CANONICAL = 1.45;
/** A source whose eyes seem more closed than this is not opened further. */
const MOST_CLOSED = 0.7;

/**
 * Lids and iris of one eye.
 *
 *     gap = (1 − blink_c) · max(.3 gap_s, gap_0 + ν(Σ (c_k − δ_k) Γ_k) + gaze),   gap_0 = gap_s / (1 − blink_δ)
 *
 * per column, over all coefficients but the blink: 1 closes every eye, whatever its shape, and nothing else does. ν(x) = x for
 * x > 0, else x · min(1, gap_0 / gap of the average eye): narrow eyes are squinted by the same share as others. The iris turns
 * on the eyeball with the gaze; the lids follow its vertical part.
 */
export class EyeMotion {
  readonly #rows: EyeRows;
  readonly #blink: number;
  readonly #gaps = new Float32Array(COEFFICIENT_COUNT * COLUMNS);
  readonly #source = new Float64Array(COLUMNS);
  /** Gap of the average eye, U. */
  readonly #average = new Float64Array(COLUMNS);
  #head!: Float32Array;
  #expression!: Float32Array;

  constructor(basis: MeshBasis, rows: EyeRows, blink: number) {
    this.#rows = rows;
    this.#blink = blink;
    const { upper, lower } = rows.margin;
    for (let i = 0; i < COLUMNS; i++) {
      const canonical = CANONICAL_VERTICES[lower[i + 1]! * 3 + 1]! - CANONICAL_VERTICES[upper[i + 1]! * 3 + 1]!;
      this.#average[i] = WIDER_THAN_CANONICAL * canonical;
    }
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      for (let i = 0; i < COLUMNS; i++) {
        this.#gaps[k * COLUMNS + i] = fieldGap(basis, k, upper[i + 1]!, lower[i + 1]!);
      }
    }
  }

  /** Takes note of a source. @param head K_s in the head frame `[478 × 3]`, U. @param expression δ `[C]`. */
  setSource(head: Float32Array, expression: Float32Array): void {
    this.#head = head;
    this.#expression = expression;
    const { upper, lower } = this.#rows.margin;
    for (let i = 0; i < COLUMNS; i++) this.#source[i] = head[lower[i + 1]! * 3 + 1]! - head[upper[i + 1]! * 3 + 1]!;
  }

  /**
   * Turns the iris and places the lids.
   * @param coefficients c `[C]`, already summed into `displacement` `[478 × 3]`, U, which is changed in place.
   */
  apply(coefficients: Float32Array, gaze: Gaze, displacement: Float32Array): void {
    this.#turnIris(gaze, displacement);
    const open = 1 - Math.min(1, Math.max(0, coefficients[this.#blink]!));
    const sourceOpen = 1 - Math.min(MOST_CLOSED, Math.max(0, this.#expression[this.#blink]!));
    const look = EYEBALL_RADIUS * Math.sin(gaze.pitch);
    const { upper, lower } = this.#rows.margin;
    for (let i = 0; i < COLUMNS; i++) {
      const column = i + 1;
      const profile = Math.sin((Math.PI * column) / (COLUMNS + 1));
      const upperWay = UPPER_LID_FOLLOWS * look * profile;
      const lowerWay = LOWER_LID_FOLLOWS * look * profile;
      const source = this.#source[i]!;
      const open0 = source / sourceOpen;
      const parting = this.#parting(coefficients, i);
      const narrow = parting < 0 ? Math.min(1, Math.max(0, open0) / this.#average[i]!) : 1;
      const free = open0 + narrow * parting + lowerWay - upperWay;
      const wanted = Math.min(open, 1) * Math.max(LEAST_OPEN * Math.max(0, source), free);
      const now = source + displacement[lower[column]! * 3 + 1]! - displacement[upper[column]! * 3 + 1]!;
      const correction = wanted - now;
      // Both lids go with the gaze by their own share; the sum of the two ways is exactly the correction.
      const lowerMove = lowerWay * open + (1 - UPPER_SHARE) * (correction - (lowerWay - upperWay) * open);
      this.#moveRings(column, lowerMove - correction, lowerMove, displacement);
    }
  }

  #moveRings(column: number, upperMove: number, lowerMove: number, displacement: Float32Array): void {
    const rings = this.#rows;
    add(displacement, rings.margin.upper[column]!, upperMove * RING_FOLLOWS[0]);
    add(displacement, rings.lid.upper[column]!, upperMove * RING_FOLLOWS[1]);
    add(displacement, rings.crease.upper[column]!, upperMove * RING_FOLLOWS[2]);
    add(displacement, rings.margin.lower[column]!, lowerMove * RING_FOLLOWS[0]);
    add(displacement, rings.lid.lower[column]!, lowerMove * RING_FOLLOWS[1]);
    add(displacement, rings.crease.lower[column]!, lowerMove * RING_FOLLOWS[2]);
  }

  /** Σ (c_k − δ_k) Γ_k over all but the blink. */
  #parting(coefficients: Float32Array, column: number): number {
    let sum = 0;
    for (let k = 0; k < COEFFICIENT_COUNT; k++) {
      if (k !== this.#blink) sum += (coefficients[k]! - this.#expression[k]!) * this.#gaps[k * COLUMNS + column]!;
    }
    return sum;
  }

  #turnIris(gaze: Gaze, displacement: Float32Array): void {
    const cy = Math.cos(gaze.yaw);
    const sy = Math.sin(gaze.yaw);
    const cp = Math.cos(gaze.pitch);
    const sp = Math.sin(gaze.pitch);
    const head = this.#head;
    const centre = this.#rows.iris[0] * 3;
    for (const vertex of this.#rows.iris) {
      const v = vertex * 3;
      const x = head[v]! - head[centre]!;
      const y = head[v + 1]! - head[centre + 1]!;
      const z = head[v + 2]! - head[centre + 2]! - EYEBALL_RADIUS;
      const turnedY = cp * y - sp * z;
      const turnedZ = sp * y + cp * z;
      displacement[v] = cy * x - sy * turnedZ - x;
      displacement[v + 1] = turnedY - y;
      displacement[v + 2] = sy * x + cy * turnedZ - z;
    }
  }
}

function add(displacement: Float32Array, vertex: number, y: number): void {
  if (vertex < VERTEX_COUNT) displacement[vertex * 3 + 1]! += y;
}
