/** Normalisation over features, channels or space. */
import { check, format, node, nodeWithOutputs, type Shape, sizeOf, type Value } from '../value.ts';
import { add, div, mul, sqrt, square, sub } from './arithmetic.ts';
import { reshape } from './layout.ts';
import { mean, sumTo } from './reduction.ts';

/** (x − mean) / sqrt(variance + epsilon) · scale + bias over the last axis D; scale and bias are [D]. */
export function layerNormalise(x: Value, scale: Value, bias: Value, epsilon = 1e-5): Value {
  const width = x.shape.at(-1) ?? 0;
  const fits = sizeOf(scale.shape) === width && sizeOf(bias.shape) === width;
  check(fits, 'layerNormalise', `scale and bias [${width}]`, `${format(scale.shape)} and ${format(bias.shape)}`);
  const moments: Shape = x.shape.with(-1, 1);
  const outputs: readonly Value[] = nodeWithOutputs(
    'LayerNormalization',
    [x, scale, bias],
    [x.shape, moments, moments],
    {
      attributes: { axis: -1, epsilon: { float: epsilon } },
      gradient: (dy) => {
        const [, average, inverseDeviation] = outputs;
        const unit = mul(sub(x, average!), inverseDeviation!);
        const dUnit = mul(dy, scale);
        const alongUnit = mean(mul(dUnit, unit), [-1], { keepAxes: true });
        const centred = sub(sub(dUnit, mean(dUnit, [-1], { keepAxes: true })), mul(unit, alongUnit));
        return [mul(centred, inverseDeviation!), sumTo(mul(dy, unit), scale.shape), sumTo(dy, bias.shape)];
      },
    },
  );
  return outputs[0]!;
}

/** Running moments and affine parameters of a batch normalisation, each [C]. */
export interface BatchMoments {
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/**
 * Batch normalisation of x [B, C, ...space] by given moments, as at inference; onnxruntime folds it into the
 * convolution before it. The moments take no gradient.
 */
export function batchNormalise(x: Value, moments: BatchMoments, epsilon = 1e-5): Value {
  const { scale, bias, mean: average, variance } = moments;
  const channels = x.shape[1] ?? 0;
  for (const { shape } of [scale, bias, average, variance]) {
    check(sizeOf(shape) === channels, 'batchNormalise', `moments of ${channels} channels`, format(shape));
  }
  const perChannel = [channels, ...x.shape.slice(2).map(() => 1)];
  return node('BatchNormalization', [x, scale, bias, average, variance], x.shape, {
    attributes: { epsilon: { float: epsilon } },
    gradient: (dy) => {
      const deviation = reshape(sqrt(add(variance, epsilon)), perChannel);
      const unit = div(sub(x, reshape(average, perChannel)), deviation);
      return [
        mul(dy, div(reshape(scale, perChannel), deviation)),
        reshape(sumTo(mul(dy, unit), perChannel), scale.shape),
        reshape(sumTo(dy, perChannel), bias.shape),
        undefined,
        undefined,
      ];
    },
  });
}

/** Batch normalisation of x [B, C, ...space] by the moments of the batch itself, as in training; also gives them. */
export function batchNormaliseByBatch(x: Value, scale: Value, bias: Value, epsilon = 1e-5) {
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const perChannel = [x.shape[1] ?? 0, ...x.shape.slice(2).map(() => 1)];
  const average = mean(x, axes, { keepAxes: true });
  const centred = sub(x, average);
  const variance = mean(square(centred), axes, { keepAxes: true });
  const unit = div(centred, sqrt(add(variance, epsilon)));
  const y = add(mul(unit, reshape(scale, perChannel)), reshape(bias, perChannel));
  return { y, mean: reshape(average, scale.shape), variance: reshape(variance, scale.shape) };
}

/** Normalises each channel of each picture over space, without affine parameters. */
export function instanceNormalise(x: Value, epsilon = 1e-5): Value {
  const axes = x.shape.slice(2).map((_, i) => 2 + i);
  const centred = sub(x, mean(x, axes, { keepAxes: true }));
  return div(centred, sqrt(add(mean(square(centred), axes, { keepAxes: true }), epsilon)));
}
