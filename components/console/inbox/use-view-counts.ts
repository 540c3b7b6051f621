'use client';

import type { InboxView } from '#lib/protocol/member.ts';
import { useDesk } from '../desk/desk-context.tsx';

/** How many conversations each view holds; closed ones are not counted. */
export function useViewCounts(): Record<InboxView, number | null> & { unread: number } {
  const counts = useDesk((state) => state.counts);
  return {
    mine: counts?.mine ?? null,
    queued: counts?.queued ?? null,
    all: counts?.all ?? null,
    closed: null,
    unread: counts?.unread ?? 0,
  };
}
