import { describe, expect, it } from 'vitest';
import { type Key, pressed, SHORTCUTS } from './keys.ts';

const key = (name: string, more: Partial<Key> = {}): Key => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  ...more,
});

describe('shortcuts', () => {
  it('each key means one thing', () => {
    const keys = Object.values(SHORTCUTS);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('single keys act, capitals too', () => {
    expect(pressed(key('j'), false)).toEqual({ kind: 'action', action: 'next' });
    expect(pressed(key('A'), false)).toEqual({ kind: 'action', action: 'accept' });
    expect(pressed(key('?'), false)).toEqual({ kind: 'action', action: 'help' });
    expect(pressed(key('x'), false)).toBeNull();
  });

  it('g waits for where to go', () => {
    expect(pressed(key('g'), false)).toEqual({ kind: 'pending' });
    expect(pressed(key('q'), true)).toEqual({ kind: 'go', view: 'queued' });
    expect(pressed(key('i'), true)).toEqual({ kind: 'go', view: 'mine' });
    expect(pressed(key('x'), true)).toBeNull();
  });

  it('leaves modifiers to the browser and composition to the IME', () => {
    expect(pressed(key('j', { ctrlKey: true }), false)).toBeNull();
    expect(pressed(key('c', { metaKey: true }), false)).toBeNull();
    expect(pressed(key('a', { isComposing: true }), false)).toBeNull();
  });

  it('a held key moves on, but ends or accepts nothing twice', () => {
    expect(pressed(key('j', { repeat: true }), false)).not.toBeNull();
    expect(pressed(key('e', { repeat: true }), false)).toBeNull();
  });
});
