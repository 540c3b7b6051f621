'use client';

import { type ReactNode, useState } from 'react';
import { AppShell } from '#components/ui/app-shell.tsx';
import { DraftsProvider } from '../composer/drafts-context.tsx';
import { DeskProvider } from '../desk/desk-context.tsx';
import { DeskNames } from '../desk/desk-names.tsx';
import { IncomingOffers } from '../offers/incoming-offers.tsx';
import { ShortcutSheet } from '../shortcuts/shortcut-sheet.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { type ConsoleMember, ConsoleSidebar } from './console-sidebar.tsx';
import { endMemberClient, memberClient } from './member-client.ts';
import { Notifier } from './notifier.tsx';

/**
 * What surrounds every page of a signed-in member: the connection, the sidebar, incoming offers,
 * notifications. Browser only: it starts a client.
 */
export function ConsoleFrame({
  member,
  onSignOut,
  children,
}: {
  member: ConsoleMember;
  /** Ends the session; the frame has let go of the connection already. */
  onSignOut: () => void;
  children: ReactNode;
}) {
  const client = memberClient(member.memberId, member.workspaceId);
  const [help, setHelp] = useState(false);
  useShortcuts({ help: () => setHelp(true) });
  return (
    <DeskProvider client={client}>
      <DeskNames>
        <DraftsProvider key={member.memberId} memberId={member.memberId}>
          <AppShell
            sidebar={
              <ConsoleSidebar
                member={member}
                onShortcuts={() => setHelp(true)}
                onSignOut={() => {
                  endMemberClient();
                  onSignOut();
                }}
              />
            }
          >
            <ConnectionBanner />
            {children}
          </AppShell>
          <IncomingOffers />
          <Notifier />
          <ShortcutSheet open={help} onOpenChange={setHelp} />
        </DraftsProvider>
      </DeskNames>
    </DeskProvider>
  );
}
