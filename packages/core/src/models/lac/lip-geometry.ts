import { inverse, Matrix } from 'ml-matrix';
import { CANONICAL_VERTICES, INNER_LIPS, OUTER_LIPS, VERTEX_COUNT } from '../../face/canonical-mesh.ts';
import { COEFFICIENT_COUNT } from '../../motion/coefficients.ts';
import type { MeshBasis } from '../../motion/mesh-basis.ts';
import { expandChannels, SPEECH_CHANNELS } from '../speech/speech-channels.ts';

/** What can be measured of a mouth, as linear functions of the speech channels; lengths in U. */
export const LIP_MEASURES = [
  'innerGap',
  'outerGap',
  'width',
  'upperProtrusion',
  'lowerProtrusion',
  'chin',
  'cornerLift',
  'upperLip',
  'lowerLip',
] as const;

/** The landmarks the refinement corrects: both lip contours. */
export const LIP_LANDMARKS: readonly number[] = [
  ...new Set([OUTER_LIPS.upper, OUTER_LIPS.lower, INNER_LIPS.upper, INNER_LIPS.lower].flat()),
];

const CHANNELS = SPEECH_CHANNELS.length;

/** `[14 × 9]`: what one unit of each channel adds to each of `LIP_MEASURES`. */
export function lipMeasureBasis(basis: MeshBasis): Float32Array {
  return channelRows(basis, (at) => [
    at(14, 1) - at(13, 1),
    at(17, 1) - at(0, 1),
    at(291, 0) - at(61, 0),
    -at(0, 2),
    -at(17, 2),
    at(152, 1),
    (at(13, 1) + at(14, 1)) / 2 - (at(61, 1) + at(291, 1)) / 2,
    -at(0, 1),
    at(17, 1),
  ]);
}

/** Displacements of `LIP_LANDMARKS`, head frame, for one unit of each channel, and the way back. */
export interface LipProjection {
  /** N, coordinates: 3 for each landmark. */
  readonly size: number;
  /** `[14 × N]`, U. */
  readonly forward: Float32Array;
  /** `[N × 14]`: least squares with a small ridge, (B Bᵀ + εI)⁻¹ B transposed. */
  readonly back: Float32Array;
  /** `[N]`, the average face's own, U. */
  readonly rest: Float32Array;
}

/** Keeps channels that move the lips nearly alike from growing against each other, U². */
const RIDGE = 1e-3;

/** The lip landmarks of a basis as a linear function of the channels. */
export function lipProjection(basis: MeshBasis): LipProjection {
  const size = LIP_LANDMARKS.length * 3;
  const forward = channelRows(basis, (at) => LIP_LANDMARKS.flatMap((v) => [at(v, 0), at(v, 1), at(v, 2)]));
  const b = Matrix.from1DArray(CHANNELS, size, forward);
  const normal = b.mmul(b.transpose()).add(Matrix.eye(CHANNELS).mul(RIDGE));
  const back = Float32Array.from(inverse(normal).mmul(b).transpose().to1DArray());
  const rest = Float32Array.from(LIP_LANDMARKS.flatMap((v) => [...CANONICAL_VERTICES.subarray(v * 3, v * 3 + 3)]));
  return { size, forward, back, rest };
}

/** One row a channel of what `measure` reads off the displacement of vertices. */
function channelRows(
  { displacements }: MeshBasis,
  measure: (at: (vertex: number, axis: number) => number) => readonly number[],
): Float32Array {
  const coefficients = new Float32Array(COEFFICIENT_COUNT);
  const rows = SPEECH_CHANNELS.map((_, channel) => {
    expandChannels(
      SPEECH_CHANNELS.map((__, i) => (i === channel ? 1 : 0)),
      coefficients,
    );
    return measure((vertex, axis) => {
      let sum = 0;
      for (let c = 0; c < COEFFICIENT_COUNT; c++) {
        if (coefficients[c] === 1) sum += displacements[(c * VERTEX_COUNT + vertex) * 3 + axis]!;
      }
      return sum;
    });
  });
  return Float32Array.from(rows.flat());
}
