import { describe, expect, it } from 'vitest';
import { keepInside } from './crop-region.ts';

const region = { centerX: 50, centerY: 300, size: 200, rotation: 0 };

describe('keepInside', () => {
  it('moves a region that reaches beyond the picture into it', () => {
    expect(keepInside(region, 400, 350)).toEqual({ ...region, centerX: 100, centerY: 250 });
    expect(keepInside({ ...region, centerX: 200, centerY: 200 }, 400, 400)).toMatchObject({ centerX: 200 });
  });

  it('leaves what does not fit, and turned regions', () => {
    expect(keepInside(region, 150, 350)).toMatchObject({ centerX: 50, centerY: 250 });
    expect(keepInside({ ...region, rotation: 0.6 }, 400, 350)).toEqual({ ...region, rotation: 0.6 });
  });
});
