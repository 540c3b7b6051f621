'use client';

import { type ReactNode, useState } from 'react';
import { DraftsProvider } from '../composer/drafts-context.tsx';
import { DeskProvider } from '../desk/desk-context.tsx';
import { DeskNames } from '../desk/desk-names.tsx';
import { IncomingOffers } from '../offers/incoming-offers.tsx';
import { ShortcutSheet } from '../shortcuts/shortcut-sheet.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { memberClient } from './member-client.ts';
import { Notifier } from './notifier.tsx';
import { useKeptFocus } from './use-kept-focus.ts';

export interface SessionMember {
  memberId: string;
  workspaceId: string;
}

/**
 * A member at work, whatever page is shown: connected (so present), offered conversations, notified.
 * Browser only: it starts a client.
 */
export function DeskSession({
  member,
  children,
}: {
  member: SessionMember;
  children: ReactNode | ((showShortcuts: () => void) => ReactNode);
}) {
  const client = memberClient(member.memberId, member.workspaceId);
  const [help, setHelp] = useState(false);
  useShortcuts({ help: () => setHelp(true) });
  useKeptFocus();
  return (
    <DeskProvider client={client}>
      <DeskNames>
        <DraftsProvider key={member.memberId} memberId={member.memberId}>
          {typeof children === 'function' ? children(() => setHelp(true)) : children}
        </DraftsProvider>
        <IncomingOffers />
        <Notifier />
        <ShortcutSheet open={help} onOpenChange={setHelp} />
      </DeskNames>
    </DeskProvider>
  );
}
