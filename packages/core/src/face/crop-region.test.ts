import { describe, expect, it } from 'vitest';
import { fitInside } from './crop-region.ts';

const region = { centerX: 50, centerY: 300, size: 200, rotation: 0 };

describe('fitInside', () => {
  it('moves a region that reaches beyond the picture into it', () => {
    expect(fitInside(region, 400, 350)).toEqual({ region: { ...region, centerX: 100, centerY: 250 }, border: 0 });
  });

  it('makes a region smaller that is larger than the picture, the face higher in it', () => {
    const { region: fitted, border } = fitInside({ ...region, centerX: 90, centerY: 170 }, 180, 400);
    expect(border).toBe(0);
    expect(fitted.size).toBeLessThanOrEqual(180.5);
    expect(fitted.size).toBeGreaterThan(170);
    // The face's middle was .125 sides below the centre and still is.
    expect(fitted.centerY + 0.125 * fitted.size).toBeCloseTo(170 + 0.125 * 200, 6);
  });

  it('tells how much must be invented where the face fills the picture', () => {
    const { region: fitted, border } = fitInside({ ...region, centerX: 60, centerY: 60 }, 110, 110);
    expect(fitted).toMatchObject({ centerX: 55, centerY: 55 });
    expect(fitted.size).toBeCloseTo(148, 6);
    expect(border).toBeGreaterThan(0.1);
    expect(border).toBeLessThan(0.16);
  });

  it('moves and shrinks turned regions, too', () => {
    const turned = fitInside({ centerX: 200, centerY: 60, size: 200, rotation: 0.6 }, 400, 300);
    expect(turned.border).toBe(0);
    expect(turned.region.rotation).toBe(0.6);
    const corner = fitInside({ centerX: 100, centerY: 100, size: 200, rotation: Math.PI / 4 }, 200, 200);
    expect(corner.border).toBeGreaterThan(0.02);
    expect(corner.region.size).toBeLessThan(200);
  });
});
