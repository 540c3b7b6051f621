import { expect, it } from 'vitest';
import { createRow } from '../test/rows.ts';
import { mergeRow } from './row-merge.ts';

it('S50: an older answer changes nothing, a newer one does', () => {
  const older = createRow(1, { head: 3, preview: 'old' });
  const newer = createRow(1, { head: 5, preview: 'new' });
  expect(mergeRow(newer, older, 0)).toBe(newer);
  expect(mergeRow(older, newer, 0)).toMatchObject({ head: 5, preview: 'new' });
});

it('S40: read marks only move forward, and what was read here counts before the server knows', () => {
  const before = createRow(1, { head: 5, lastVisitorSeq: 5, readSeq: 5, unread: false });
  const stale = createRow(1, { head: 5, lastVisitorSeq: 5, readSeq: 2, unread: true });
  expect(mergeRow(before, stale, 0)).toBe(before);
  expect(mergeRow(stale, stale, 5)).toMatchObject({ readSeq: 5, unread: false });
  const written = createRow(1, { head: 6, lastVisitorSeq: 6, readSeq: 2, unread: true });
  expect(mergeRow(before, written, 5)).toMatchObject({ readSeq: 5, unread: true });
});

it('S60: an equal answer leaves the row the same object', () => {
  const row = createRow(1);
  expect(mergeRow(row, structuredClone(row), 0)).toBe(row);
});
