/** Resampling of pictures and volumes, for inference only: these have no gradient. */
import { check, constant, format, node, type Value } from '../value.ts';

/** How a grid is read between and beyond samples. */
export interface GridSampleOptions {
  readonly mode?: 'linear' | 'nearest';
  readonly padding?: 'zeros' | 'border';
  /** −1 and 1 are the centres of the outer elements instead of their outer edges. */
  readonly alignCorners?: boolean;
}

/**
 * Samples x [B, C, H, W] at grid [B, h, w, 2], or x [B, C, D, H, W] at grid [B, d, h, w, 3]. Coordinates run from −1
 * to 1, the last axis first (x, y, z).
 */
export function gridSample(x: Value, grid: Value, options: GridSampleOptions = {}): Value {
  const rank = x.shape.length - 2;
  const fits = grid.shape.length === rank + 2 && grid.shape[0] === x.shape[0] && grid.shape.at(-1) === rank;
  check(fits, 'gridSample', `a grid [${x.shape[0]}×...×${rank}] for ${format(x.shape)}`, format(grid.shape));
  return node('GridSample', [x, grid], [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)], {
    attributes: {
      mode: options.mode ?? 'linear',
      padding_mode: options.padding ?? 'zeros',
      align_corners: options.alignCorners ? 1 : 0,
    },
  });
}

/** Repeats each element of the spatial axes `factors` times (nearest neighbour): [B, C, ...space]. */
export function upsampleNearest(x: Value, factors: readonly number[]): Value {
  check(factors.length === x.shape.length - 2, 'upsampleNearest', `${x.shape.length - 2} factors`, `${factors.length}`);
  const scales = [1, 1, ...factors];
  return node(
    'Resize',
    [x, undefined, constant(scales)],
    x.shape.map((size, axis) => size * scales[axis]!),
    {
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    },
  );
}

/** [B, C·r², H, W] to [B, C, H·r, W·r]; channel index = (c·r + row)·r + column, as PyTorch's PixelShuffle. */
export function pixelShuffle(x: Value, factor: number): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const fits = x.shape.length === 4 && channels % factor ** 2 === 0;
  check(fits, 'pixelShuffle', `[B×C×H×W] with C a multiple of ${factor ** 2}`, format(x.shape));
  return node('DepthToSpace', [x], [batch, channels / factor ** 2, height * factor, width * factor], {
    attributes: { blocksize: factor, mode: 'CRD' },
  });
}
