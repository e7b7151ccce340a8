/**
 * The full ear: the stem and the first three layers of the encoder of Moonshine tiny, an English speech recogniser, as a
 * step over sound that arrives. A row stands for 24 ms. The newest rows are computed anew in every step, with what has
 * come since; older rows keep the keys and values they had when they left, so a step costs a fifth of the whole window.
 *
 * @source Jeffries et al. 2024, "Moonshine: Speech Recognition for Live Transcription and Voice Commands", arXiv
 * 2410.15608; we differ in that rows of the past are not computed again and group normalisation knows the past alone.
 */
import {
  add,
  attend,
  concat,
  constant,
  div,
  gelu,
  input,
  layerNormalise,
  matmul,
  mul,
  type Network,
  type ParameterScope,
  pad,
  reshape,
  type Shape,
  slice,
  splitHeads,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type Value,
} from '@pctalk/graph';

/** Length of a row, and of what one row says. */
export const EAR_WIDTH = 288;

const HEADS = 8;
const HEAD = EAR_WIDTH / HEADS;
/** Half of the part of a head that turns with time; the rest of the head does not. */
const TURNED = 16;

/**
 * How sound, columns and rows lie in time, samples of 16 kHz. Column c covers 64 c … 64 c + 126; half-row h columns
 * 3 h … 3 h + 6; row k half-rows 2 k … 2 k + 2, so the samples 384 k … 384 k + 894 with their middle at 384 k + 447.
 */
export const EAR_GRID = Object.freeze({
  rowSamples: 384,
  columnSamples: 64,
  columnsPerRow: 6,
  /** Samples a row covers, and from its first to its middle one. */
  fieldSamples: 895,
  centreSample: 447,
});

/** What one step takes and gives. */
export const EAR_STEP = Object.freeze({
  /** Rows computed in a step: the newest. */
  activeRows: 8,
  /** Rows before them that are remembered, 1.73 s. */
  pastRows: 72,
  /** Rows that may be new in a step. */
  newRows: 2,
  layers: 3,
  /** Half-rows of the active rows, and how many of them a step is given. */
  halfRows: 2 * 8 + 1,
  keptHalfRows: 2 * 8 + 1 - 4,
  /** Columns of the four half-rows that a step computes, and their groups of 64 samples. */
  columns: 16,
  groups: 17,
  /** Length of a half-row. */
  halfWidth: 2 * EAR_WIDTH,
});

const { activeRows, pastRows, halfRows, keptHalfRows, groups, halfWidth, layers } = EAR_STEP;
const SLOTS = pastRows + activeRows;

/**
 * One step. Inputs: `samples` [17, 64], from the first new column on; `kept` [13, 576], half-rows of earlier steps;
 * `level` [3]: sum and sum of squares of all earlier columns, and 1 / the count of numbers with the new ones; `mask`
 * [1, 1, 1, 80], 0 where a row is real and −1e9 before the sound began; `keys_l`, `values_l` [1, 72, 288] of past rows.
 * Outputs: `rows` [8, 288], each number about mean 0 and deviation 1; `half_rows` [17, 576], `sums` and `squares` [16] of
 * the new columns, `new_keys_l`, `new_values_l` [1, 8, 288].
 */
export function earStepNetwork(scope: ParameterScope): Network {
  const heard = columnsOf(input('samples', [groups, EAR_GRID.columnSamples]), scope);
  const sums = sum(heard, [1]);
  const squares = sum(square(heard), [1]);
  const made = concat([input('kept', [keptHalfRows, halfWidth]), halfRowsOf(heard, scope)], 0);
  const level = input('level', [3]);
  const part = (i: number) => slice(level, 0, i, i + 1);
  const mean = mul(add(part(0), sum(sums)), part(2));
  const variance = sub(mul(add(part(1), sum(squares)), part(2)), square(mean));
  const mask = input('mask', [1, 1, 1, SLOTS]);
  let x = reshape(rowsOf(normalised(made, mean, variance, scope), scope), [1, activeRows, EAR_WIDTH]);
  const memory: Record<string, Value> = {};
  for (let l = 0; l < layers; l++) {
    const past = (name: string) => input(`${name}_${l}`, [1, pastRows, EAR_WIDTH]);
    const layer = encoderLayer(x, past('keys'), past('values'), mask, scope.scope(`layer_${l}`));
    x = layer.x;
    memory[`new_keys_${l}`] = layer.keys;
    memory[`new_values_${l}`] = layer.values;
  }
  const unit = div(sub(x, weight(scope, 'centre', [EAR_WIDTH])), weight(scope, 'spread', [EAR_WIDTH]));
  return {
    name: 'ear',
    outputs: { rows: reshape(unit, [activeRows, EAR_WIDTH]), half_rows: made, sums, squares, ...memory },
  };
}

function weight(scope: ParameterScope, name: string, shape: Shape): Value {
  return scope.parameter(name, shape, { kind: 'uniform', bound: 1 / Math.sqrt(shape[0]!) });
}

/** First convolution, 127 wide: groups of 64 samples, each beside the next. [17, 64] to [16, 288]. */
function columnsOf(samples: Value, scope: ParameterScope): Value {
  const pairs = concat([slice(samples, 0, 0, groups - 1), slice(samples, 0, 1, groups)], 1);
  return tanh(matmul(pairs, weight(scope, 'conv1', [2 * EAR_GRID.columnSamples, EAR_WIDTH])));
}

/** Second convolution, 7 wide, a step of 3, before normalisation is put in. [16, 288] to [4, 576]. */
function halfRowsOf(heard: Value, scope: ParameterScope): Value {
  const made = halfRows - keptHalfRows;
  const triples = reshape(pad(heard, 0, 0, 2), [made + 2, 3 * EAR_WIDTH]);
  const taps = concat(
    [
      slice(triples, 0, 0, made),
      slice(triples, 0, 1, made + 1),
      slice(slice(triples, 0, 2, made + 2), 1, 0, EAR_WIDTH),
    ],
    1,
  );
  return matmul(taps, weight(scope, 'conv2', [7 * EAR_WIDTH, halfWidth]));
}

/** W·((c − mean) / σ) = (W·c − mean · W·1) / σ: group normalisation of what was convolved, at any later mean and σ. */
function normalised(made: Value, mean: Value, variance: Value, scope: ParameterScope): Value {
  const levelled = div(sub(made, mul(mean, weight(scope, 'conv2_level', [halfWidth]))), sqrt(add(variance, 1e-5)));
  return gelu(add(levelled, weight(scope, 'conv2_bias', [halfWidth])));
}

/** Third convolution, 3 wide, a step of 2. [17, 576] to [8, 288]. */
function rowsOf(halves: Value, scope: ParameterScope): Value {
  const pairs = reshape(pad(halves, 0, 0, 1), [activeRows + 1, 2 * halfWidth]);
  const taps = concat([slice(pairs, 0, 0, activeRows), slice(slice(pairs, 0, 1, activeRows + 1), 1, 0, halfWidth)], 1);
  const product = matmul(taps, weight(scope, 'conv3', [3 * halfWidth, EAR_WIDTH]));
  return gelu(add(product, weight(scope, 'conv3_bias', [EAR_WIDTH])));
}

/** A layer of the encoder on the active rows; they attend to themselves and to the rows before. */
function encoderLayer(x: Value, pastKeys: Value, pastValues: Value, mask: Value, scope: ParameterScope) {
  const project = (from: Value, name: string) => matmul(from, weight(scope, name, [EAR_WIDTH, EAR_WIDTH]));
  const heard = norm(x, scope, 'norm');
  const keys = project(heard, 'keys');
  const values = project(heard, 'values');
  const all = {
    keys: turn(splitHeads(concat([pastKeys, keys], 1), HEADS), 0),
    values: splitHeads(concat([pastValues, values], 1), HEADS),
  };
  const queries = turn(splitHeads(project(heard, 'queries'), HEADS), pastRows);
  const attended = add(x, project(attend(queries, all, mask), 'out'));
  const wide = 4 * EAR_WIDTH;
  const inner = matmul(norm(attended, scope, 'wide_norm'), weight(scope, 'widen', [EAR_WIDTH, wide]));
  const active = gelu(add(inner, weight(scope, 'widen_bias', [wide])));
  const narrow = matmul(active, weight(scope, 'narrow', [wide, EAR_WIDTH]));
  return { x: add(attended, add(narrow, weight(scope, 'narrow_bias', [EAR_WIDTH]))), keys, values };
}

function norm(x: Value, scope: ParameterScope, name: string): Value {
  return layerNormalise(x, weight(scope, name, [EAR_WIDTH]), constant(new Float32Array(EAR_WIDTH)));
}

/**
 * Rotary positions: the first 16 numbers of a head and the next 16 are the two coordinates of 16 turning vectors. Only
 * differences of positions count, so the oldest slot is 0 in every step. @param x [1, 8, T, 36]
 */
function turn(x: Value, first: number): Value {
  const length = x.shape[2] ?? 0;
  const angle = (place: number) => (first + Math.floor(place / TURNED)) * 10 ** (-(place % TURNED) / 4);
  const table = (f: (angle: number) => number) =>
    constant(
      Float32Array.from({ length: length * TURNED }, (_, i) => f(angle(i))),
      [1, 1, length, TURNED],
    );
  const [c, s] = [table(Math.cos), table(Math.sin)];
  const [a, b] = [slice(x, 3, 0, TURNED), slice(x, 3, TURNED, 2 * TURNED)];
  return concat([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s)), slice(x, 3, 2 * TURNED, HEAD)], 3);
}
