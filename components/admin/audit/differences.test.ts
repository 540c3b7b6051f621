import { expect, test } from 'vitest';
import { differences } from './differences.ts';

test('names changed, added and removed fields, nested ones by their path', () => {
  const before = { name: 'A', seconds: 30, skills: { x: 1 }, gone: true };
  const after = { name: 'A', seconds: 45, skills: { x: 2, y: 1 } };
  expect(differences(before, after)).toEqual([
    { field: 'gone', before: 'true', after: null },
    { field: 'seconds', before: '30', after: '45' },
    { field: 'skills.x', before: '1', after: '2' },
    { field: 'skills.y', before: null, after: '1' },
  ]);
});

test('a creation has no before, a removal no after', () => {
  expect(differences(null, { name: 'A' })).toEqual([{ field: 'name', before: null, after: 'A' }]);
  expect(differences({ list: ['a', 'b'] }, undefined)).toEqual([
    { field: 'list', before: 'a, b', after: null },
  ]);
});
