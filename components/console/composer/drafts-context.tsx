'use client';

import { createContext, type ReactNode, useContext, useState } from 'react';
import { createDrafts, type Drafts } from './drafts.ts';

const DraftsContext = createContext<Drafts | null>(null);

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    // Forbidden by the browser's settings.
    return null;
  }
}

export function DraftsProvider({ memberId, children }: { memberId: string; children: ReactNode }) {
  const [drafts] = useState(() => createDrafts(storage(), memberId, Date.now));
  return <DraftsContext value={drafts}>{children}</DraftsContext>;
}

export function useDrafts(): Drafts {
  const drafts = useContext(DraftsContext);
  if (!drafts) throw new Error('useDrafts needs a DraftsProvider above it');
  return drafts;
}
