'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import type { MemberNotice } from '#lib/sdk/api.ts';
import { useClient, useDesk } from '../desk/desk-context.tsx';
import { noticePreferences } from '../desk/preferences.ts';
import { useNames } from '../desk/use-names.ts';
import { inboxPath, readLocation } from '../inbox/location.ts';
import { chime, unlockSound } from './chime.ts';

/** Whether the member is looking at that conversation right now. */
function inSight(conversationId: string): boolean {
  if (document.visibilityState !== 'visible' || !document.hasFocus()) return false;
  return readLocation(new URLSearchParams(location.search)).conversationId === conversationId;
}

function showDesktop(title: string, notice: MemberNotice, onClick: () => void) {
  if (!noticePreferences().desktop || document.hasFocus()) return;
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const shown = new Notification(title, {
    body: notice.row.preview,
    // One per conversation: the newest takes the place of the last.
    tag: `parlour.${notice.row.id}`,
    requireInteraction: notice.kind === 'offer',
  });
  shown.onclick = () => {
    window.focus();
    onClick();
    shown.close();
  };
}

/** Sound, desktop notifications and the number in the tab's title. */
export function Notifier() {
  const client = useClient();
  const t = useTranslations('console.notices');
  const names = useNames();
  const router = useRouter();
  const pathname = usePathname();
  const waiting = useDesk((state) => state.offers.length + (state.counts?.unread ?? 0));

  useEffect(() => {
    const unlock = () => unlockSound();
    window.addEventListener('pointerdown', unlock, { once: true });
    window.addEventListener('keydown', unlock, { once: true });
    return () => {
      window.removeEventListener('pointerdown', unlock);
      window.removeEventListener('keydown', unlock);
    };
  }, []);

  useEffect(
    () =>
      client.onNotice((notice) => {
        const { row, kind } = notice;
        if (kind === 'message' && inSight(row.id)) return;
        if (noticePreferences().sound) chime(kind);
        const name = names.contact(row.contact);
        const title =
          kind === 'message'
            ? t('message', { name })
            : t(row.phase === 'transferring' ? 'transfer' : 'offer', { name });
        showDesktop(title, notice, () =>
          router.push(inboxPath({ view: 'mine', conversationId: row.id })),
        );
      }),
    [client, names, router, t],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page brings a new title
  useEffect(() => {
    const mark = () => {
      const bare = document.title.replace(/^\(\d+\+?\) /, '');
      const wanted = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) ${bare}` : bare;
      if (document.title !== wanted) document.title = wanted;
    };
    mark();
    // Next sets the title after the page has changed.
    const observer = new MutationObserver(mark);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [waiting, pathname]);

  return null;
}
