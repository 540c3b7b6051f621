'use client';

import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import type { ConsoleMember } from '#components/console/frame/console-sidebar.tsx';
import { FrameSkeleton } from '#components/console/frame/frame-skeleton.tsx';
import { authClient } from '#lib/auth/client.ts';

// Everything inside follows a live connection and the reader's clock: nothing to render on a server.
const ConsoleFrame = dynamic(
  () => import('#components/console/frame/console-frame.tsx').then((module) => module.ConsoleFrame),
  { ssr: false, loading: () => <FrameSkeleton /> },
);

async function signOut() {
  // Signed out or not, the sign-in page is where to go on; it sends back who still is.
  await authClient.signOut().catch(() => undefined);
  location.assign('/sign-in');
}

/** The frame of a signed-in member's pages, for console and settings alike. */
export function MemberFrame({ member, children }: { member: ConsoleMember; children: ReactNode }) {
  return (
    <ConsoleFrame member={member} onSignOut={() => void signOut()}>
      {children}
    </ConsoleFrame>
  );
}
