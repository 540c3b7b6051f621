import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { memberOf } from '#lib/auth/session.ts';

/** Who asks; nobody is sent to sign in. Once per request. */
export const signedIn = cache(async () => {
  const requestHeaders = await headers();
  const member = await memberOf(requestHeaders);
  if (!member) {
    const path = requestHeaders.get('x-parlour-path') ?? '/inbox';
    redirect(path === '/inbox' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`);
  }
  const { memberId, workspaceId, name, role } = member;
  return { memberId, workspaceId, name, role };
});
