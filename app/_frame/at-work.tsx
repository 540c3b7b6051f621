'use client';

import dynamic from 'next/dynamic';
import type { SessionMember } from '#components/console/frame/desk-session.tsx';

const DeskSession = dynamic(
  () => import('#components/console/frame/desk-session.tsx').then((module) => module.DeskSession),
  { ssr: false },
);

/**
 * Beside a page that is not the console: the member stays connected, and offers reach them there.
 * Put it next to the page, not around it; it renders cards only.
 */
export function AtWork({ member }: { member: SessionMember }) {
  return <DeskSession member={member}>{null}</DeskSession>;
}
