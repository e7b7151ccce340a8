/** Activation functions, element by element, and softmax. */
import { axisOf, type Value } from '../value.ts';
import { add, div, exp, greaterOrEqual, mul, neg, sqrt, square, sub, unary, where } from './arithmetic.ts';
import { sum } from './reduction.ts';

/** max(x, 0). */
export function relu(x: Value): Value {
  return unary('Relu', x, (dy, y) => where(greaterOrEqual(0, y), 0, dy));
}

/** x for x ≥ 0, slope · x below. */
export function leakyRelu(x: Value, slope: number): Value {
  return unary('LeakyRelu', x, (dy) => where(greaterOrEqual(x, 0), dy, mul(dy, slope)), { alpha: { float: slope } });
}

/** Hyperbolic tangent of each element. */
export function tanh(x: Value): Value {
  return unary('Tanh', x, (dy, y) => mul(dy, sub(1, square(y))));
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Value): Value {
  return unary('Sigmoid', x, (dy, y) => mul(dy, mul(y, sub(1, y))));
}

/** ln(1 + eˣ). */
export function softplus(x: Value): Value {
  return unary('Softplus', x, (dy) => mul(dy, sigmoid(x)));
}

/** x · tanh(softplus(x)). */
export function mish(x: Value): Value {
  return mul(x, tanh(softplus(x)));
}

/** Gauss error function. */
export function erf(x: Value): Value {
  return unary('Erf', x, (dy) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))));
}

/** x · Φ(x) with Φ the normal distribution (the exact form, not the tanh approximation). */
export function gelu(x: Value): Value {
  return unary('Gelu', x, (dy) => {
    const distribution = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(dy, add(distribution, mul(x, density)));
  });
}

/** e^xᵢ / Σ e^xⱼ along `axis`. */
export function softmax(x: Value, axis = -1): Value {
  const along = axisOf('softmax', axis, x.shape.length);
  return unary('Softmax', x, (dy, y) => mul(y, sub(dy, sum(mul(dy, y), [along], { keepAxes: true }))), { axis: along });
}

/** xᵢ − ln Σ e^xⱼ along `axis`. */
export function logSoftmax(x: Value, axis = -1): Value {
  const along = axisOf('logSoftmax', axis, x.shape.length);
  return unary('LogSoftmax', x, (dy, y) => sub(dy, mul(exp(y), sum(dy, [along], { keepAxes: true }))), { axis: along });
}

/** x scaled to Euclidean length 1 along `axis`: x / sqrt(Σx² + epsilon). */
export function normalise(x: Value, axis = -1, epsilon = 1e-12): Value {
  return div(x, sqrt(add(sum(square(x), [axis], { keepAxes: true }), epsilon)));
}
