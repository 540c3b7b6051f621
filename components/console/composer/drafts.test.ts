import { describe, expect, it, vi } from 'vitest';
import { createDrafts, type DraftStorage, EMPTY_DRAFT } from './drafts.ts';

function memoryStorage(): DraftStorage & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    get length() {
      return map.size;
    },
    key: (i) => [...map.keys()][i] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const draft = { mode: 'note', reply: 'half a rep', note: '写了一半' } as const;

describe('drafts', () => {
  it('survive a reload, per member and conversation', () => {
    const storage = memoryStorage();
    createDrafts(storage, 'm1', () => 0).save('c1', draft);
    expect(createDrafts(storage, 'm1', () => 1).load('c1')).toEqual(draft);
    expect(createDrafts(storage, 'm1', () => 1).held()).toEqual(new Set(['c1']));
    expect(createDrafts(storage, 'm2', () => 1).load('c1')).toEqual(EMPTY_DRAFT);
    expect(createDrafts(storage, 'm1', () => 1).load('c2')).toEqual(EMPTY_DRAFT);
  });

  it('leave nothing behind when emptied', () => {
    const storage = memoryStorage();
    const drafts = createDrafts(storage, 'm1', () => 0);
    drafts.save('c1', draft);
    drafts.save('c1', { mode: 'note', reply: '', note: '' });
    expect(storage.map.size).toBe(0);
    expect(drafts.held().size).toBe(0);
  });

  it('are forgotten after a month, and damaged ones at once', () => {
    const storage = memoryStorage();
    createDrafts(storage, 'm1', () => 0).save('old', draft);
    storage.map.set('parlour.draft.m1.bad', '{"mode":');
    const month = 31 * 24 * 3600 * 1000;
    expect(createDrafts(storage, 'm1', () => month).held().size).toBe(0);
    expect(storage.map.size).toBe(0);
  });

  it('live in memory where storage throws', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const throwing: DraftStorage = {
      length: 0,
      key: () => null,
      getItem: () => {
        throw new DOMException('no', 'SecurityError');
      },
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
      removeItem: () => undefined,
    };
    const drafts = createDrafts(throwing, 'm1', () => 0);
    drafts.save('c1', draft);
    expect(drafts.load('c1')).toEqual(draft);
  });
});
