'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import type { InboxView } from '#lib/protocol/member.ts';

export const INBOX_VIEWS = [
  'mine',
  'queued',
  'all',
  'closed',
] as const satisfies readonly InboxView[];

export interface InboxLocation {
  view: InboxView;
  conversationId: string | null;
  /** Only where details are a screen of their own. */
  details: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function readLocation(search: URLSearchParams): InboxLocation {
  const view = INBOX_VIEWS.find((name) => name === search.get('view')) ?? 'mine';
  const id = search.get('c');
  return {
    view,
    conversationId: id && UUID.test(id) ? id : null,
    details: search.get('details') === '1',
  };
}

export function inboxPath(location: Partial<InboxLocation>): string {
  const search = new URLSearchParams();
  if (location.view && location.view !== 'mine') search.set('view', location.view);
  if (location.conversationId) search.set('c', location.conversationId);
  if (location.details) search.set('details', '1');
  const text = search.toString();
  return text ? `/inbox?${text}` : '/inbox';
}

/**
 * Where in the inbox we are, kept in the address: a reload, a shared link and the phone's back
 * gesture (details → conversation → list) all work. Changes stay in the page, no request is made.
 */
export function useInboxLocation() {
  const search = useSearchParams();
  const location = useMemo(() => readLocation(new URLSearchParams(search)), [search]);
  const go = useCallback((to: Partial<InboxLocation>, how: 'push' | 'replace' = 'push') => {
    const here = readLocation(new URLSearchParams(window.location.search));
    const path = inboxPath({ ...here, details: false, ...to });
    if (path === window.location.pathname + window.location.search) return;
    if (how === 'push') window.history.pushState(null, '', path);
    else window.history.replaceState(null, '', path);
  }, []);
  return { ...location, go };
}
