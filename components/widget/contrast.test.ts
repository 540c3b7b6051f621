import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accentOf, contrast, readable, textOn } from './contrast.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((n) => `#${n.toString(16).padStart(6, '0')}`);

describe('contrast', () => {
  it('agrees with WCAG on known pairs', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('puts readable text on every accent', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        expect(contrast(textOn(accent), accent)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('makes every accent readable on both surfaces', () => {
    fc.assert(
      fc.property(colour, fc.constantFrom('#ffffff', '#16181d'), (accent, surface) => {
        expect(contrast(readable(accent, surface), surface)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('leaves an accent alone that reads well already', () => {
    expect(readable('#1f5eff', '#ffffff')).toBe('#1f5eff');
  });

  it('takes anything malformed for the default, so that no CSS can be smuggled in', () => {
    expect(accentOf('red;background:url(//x)')).toBe('#1f5eff');
    expect(accentOf('#ABCDEF')).toBe('#abcdef');
  });
});
