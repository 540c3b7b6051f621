'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Draft } from './drafts.ts';
import { useDrafts } from './drafts-context.tsx';

/** Not at every key: writing to storage takes up to a millisecond. */
const SAVE_AFTER_MS = 250;

/** The draft of one conversation; saved shortly after a change, at once when it is left. */
export function useDraft(conversationId: string) {
  const drafts = useDrafts();
  const [draft, setDraft] = useState(() => drafts.load(conversationId));
  const unsaved = useRef<Draft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    if (unsaved.current) drafts.save(conversationId, unsaved.current);
    unsaved.current = null;
  }, [drafts, conversationId]);

  useEffect(() => {
    window.addEventListener('pagehide', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [flush]);

  const change = useCallback(
    (part: Partial<Draft>) => {
      setDraft((before) => {
        const next = { ...before, ...part };
        unsaved.current = next;
        return next;
      });
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, SAVE_AFTER_MS);
    },
    [flush],
  );

  return { draft, change };
}
