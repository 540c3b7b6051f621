'use client';

import { useSyncExternalStore } from 'react';

/** What one device remembers of how its member wants to be told. */
export interface NoticePreferences {
  sound: boolean;
  desktop: boolean;
}

const KEY = 'parlour.notices';
const DEFAULTS: NoticePreferences = { sound: true, desktop: true };
const listeners = new Set<() => void>();
let current: NoticePreferences | null = null;

function read(): NoticePreferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return DEFAULTS;
    return {
      sound: 'sound' in stored ? stored.sound !== false : DEFAULTS.sound,
      desktop: 'desktop' in stored ? stored.desktop !== false : DEFAULTS.desktop,
    };
  } catch {
    // Storage is forbidden, or holds something else.
    return DEFAULTS;
  }
}

export function noticePreferences(): NoticePreferences {
  current ??= read();
  return current;
}

export function setNoticePreferences(change: Partial<NoticePreferences>): void {
  current = { ...noticePreferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch (error) {
    console.warn('preferences last as long as this page', error);
  }
  for (const listener of listeners) listener();
}

export function useNoticePreferences(): NoticePreferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, noticePreferences);
}
