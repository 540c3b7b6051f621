'use client';

import type { ReactNode } from 'react';
import { NamesContext, useDeskNames } from './use-names.ts';

/** Gives everything below the names of members, queues and contacts. */
export function DeskNames({ children }: { children: ReactNode }) {
  return <NamesContext value={useDeskNames()}>{children}</NamesContext>;
}
