/** Element by element arithmetic. Two operands broadcast as in NumPy; a plain number stands for a scalar constant. */
import { check, format, node, type Shape, scalar, type Value, type ValueType } from '../value.ts';
import { sumTo } from './reduction.ts';

/** A tensor, or a number that stands for one of any shape. */
export type Operand = Value | number;

/** a + b. */
export function add(a: Operand, b: Operand): Value {
  return binary('Add', a, b, (dy) => [dy, dy]);
}

/** a − b. */
export function sub(a: Operand, b: Operand): Value {
  return binary('Sub', a, b, (dy) => [dy, neg(dy)]);
}

/** a · b, element by element. */
export function mul(a: Operand, b: Operand): Value {
  return binary('Mul', a, b, (dy, _, [a, b]) => [mul(dy, b), mul(dy, a)]);
}

/** a / b. */
export function div(a: Operand, b: Operand): Value {
  return binary('Div', a, b, (dy, y, [, b]) => [div(dy, b), neg(div(mul(dy, y), b))]);
}

/** The larger of a and b; where they are equal the gradient goes to a. */
export function maximum(a: Operand, b: Operand): Value {
  return binary('Max', a, b, (dy, _, [a, b]) => {
    const first = greaterOrEqual(a, b);
    return [where(first, dy, 0), where(first, 0, dy)];
  });
}

/** The smaller of a and b; where they are equal the gradient goes to a. */
export function minimum(a: Operand, b: Operand): Value {
  return neg(maximum(neg(a), neg(b)));
}

/** x limited to [low, high]; no gradient outside. */
export function clamp(x: Value, low: number, high: number): Value {
  return minimum(maximum(x, low), high);
}

/** −x. */
export function neg(x: Operand): Value {
  return unary('Neg', toValue(x), (dy) => neg(dy));
}

/** eˣ. */
export function exp(x: Value): Value {
  return unary('Exp', x, (dy, y) => mul(dy, y));
}

/** Natural logarithm. */
export function log(x: Value): Value {
  return unary('Log', x, (dy) => div(dy, x));
}

/** Square root of each element. */
export function sqrt(x: Value): Value {
  return unary('Sqrt', x, (dy, y) => div(mul(dy, 0.5), y));
}

/** Each element times itself. */
export function square(x: Value): Value {
  return mul(x, x);
}

/** |x|; the gradient at 0 is 1. */
export function abs(x: Value): Value {
  return unary('Abs', x, (dy) => where(greaterOrEqual(x, 0), dy, neg(dy)));
}

/** Sine of each element, radians. */
export function sin(x: Value): Value {
  return unary('Sin', x, (dy) => mul(dy, cos(x)));
}

/** Cosine of each element, radians. */
export function cos(x: Value): Value {
  return unary('Cos', x, (dy) => neg(mul(dy, sin(x))));
}

/** a ≥ b as bool. */
export function greaterOrEqual(a: Operand, b: Operand): Value {
  return binary('GreaterOrEqual', a, b, undefined, 'bool');
}

/** a = b as bool. */
export function equal(a: Operand, b: Operand): Value {
  return binary('Equal', a, b, undefined, 'bool');
}

/** `yes` where the bool `condition` holds, else `no`; all three broadcast. */
export function where(condition: Value, yes: Operand, no: Operand): Value {
  const [a, b] = [toValue(yes), toValue(no)];
  check(condition.type === 'bool', 'where', 'a bool condition', condition.type);
  check(a.type === b.type, 'where', `two values of one type`, `${a.type} and ${b.type}`);
  const shape = broadcast('where', condition.shape, broadcast('where', a.shape, b.shape));
  return node('Where', [condition, a, b], shape, {
    type: a.type,
    gradient: (dy) => [undefined, sumTo(where(condition, dy, 0), a.shape), sumTo(where(condition, 0, dy), b.shape)],
  });
}

/** The same numbers in another element type; gradients pass between float32 only. */
export function cast(x: Value, type: ValueType): Value {
  const to = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 }[type];
  return node('Cast', [x], x.shape, { attributes: { to }, type });
}

/** The common shape of two operands, aligned at the last axis. @throws GraphError if an axis differs and is not 1. */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[a.length - rank + axis] ?? 1;
    const sizeB = b[b.length - rank + axis] ?? 1;
    check(sizeA === sizeB || sizeA === 1 || sizeB === 1, op, 'shapes that broadcast', `${format(a)} and ${format(b)}`);
    return Math.max(sizeA, sizeB);
  });
}

/** A float32 operator of one input that keeps the shape. */
export function unary(
  op: string,
  x: Value,
  derive: ((dy: Value, y: Value) => Value) | undefined,
  attributes: NonNullable<Parameters<typeof node>[3]>['attributes'] = {},
): Value {
  check(x.type === 'float32', op, 'float32', x.type);
  return derive === undefined
    ? node(op, [x], x.shape, { attributes })
    : node(op, [x], x.shape, { attributes, gradient: (dy, y) => [derive(dy, y)] });
}

function binary(
  op: string,
  left: Operand,
  right: Operand,
  derive: ((dy: Value, y: Value, operands: readonly [Value, Value]) => readonly [Value, Value]) | undefined,
  type?: ValueType,
): Value {
  const [a, b] = [toValue(left), toValue(right)];
  check(a.type === b.type, op, 'operands of one type', `${a.type} and ${b.type}`);
  const shape = broadcast(op, a.shape, b.shape);
  if (derive === undefined) return node(op, [a, b], shape, { type: type ?? a.type });
  return node(op, [a, b], shape, {
    type: type ?? a.type,
    gradient: (dy, y) => {
      const [da, db] = derive(dy, y, [a, b]);
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
  });
}

function toValue(operand: Operand): Value {
  return typeof operand === 'number' ? scalar(operand) : operand;
}
