import { describe, expect, it } from 'vitest';
import { hueOf, initialsOf } from './initials.ts';

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['Jean-Luc Picard', 'JP'],
    ['王小明', '小明'],
    ['李', '李'],
    ['someone@shop.example', 'SE'],
    ['', ''],
    ['😀 Smile', '😀S'],
  ])('%s → %s', (name, expected) => {
    expect(initialsOf(name)).toBe(expected);
  });

  it('a seed keeps its colour and stays in range', () => {
    for (const seed of ['', 'a', '0198c0de-0000-7000-8000-000000000001']) {
      expect(hueOf(seed, 6)).toBe(hueOf(seed, 6));
      expect(hueOf(seed, 6)).toBeLessThan(6);
    }
  });
});
