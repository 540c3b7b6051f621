import { describe, expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

describe('where sign-in leads', () => {
  it.each([
    [undefined, '/inbox'],
    ['', '/inbox'],
    ['/inbox?view=mine', '/inbox?view=mine'],
    ['/admin/members', '/admin/members'],
    ['//evil.example', '/inbox'],
    ['/\\evil.example', '/inbox'],
    ['/.//evil.example', '/inbox'],
    ['/inbox/..//evil.example', '/inbox'],
    ['/%2e//evil.example', '/inbox'],
    ['https://evil.example/', '/inbox'],
    ['javascript:alert(1)', '/inbox'],
    ['/sign-in?next=/sign-in', '/inbox'],
    ['/\t/evil.example', '/inbox'],
  ])('%j → %s', (next, expected) => {
    expect(nextPath(next)).toBe(expected);
  });
});
