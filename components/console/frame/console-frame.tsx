'use client';

import type { ReactNode } from 'react';
import { AppShell } from '#components/ui/app-shell.tsx';
import { AwayNotice } from './away-notice.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { type ConsoleMember, ConsoleSidebar } from './console-sidebar.tsx';
import { DeskSession } from './desk-session.tsx';
import { endMemberClient } from './member-client.ts';

/** What surrounds the console's pages: the session with the desk, the sidebar, the connection. */
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
  return (
    <DeskSession member={member}>
      {(showShortcuts) => (
        <AppShell
          sidebar={
            <ConsoleSidebar
              member={member}
              onShortcuts={showShortcuts}
              onSignOut={() => {
                endMemberClient();
                onSignOut();
              }}
            />
          }
        >
          <ConnectionBanner />
          <AwayNotice />
          {children}
        </AppShell>
      )}
    </DeskSession>
  );
}
