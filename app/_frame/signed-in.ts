import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { memberOf } from '#lib/auth/session.ts';

/** Who asks; nobody is sent to sign in. Once per request. */
export const signedIn = cache(async () => {
  const member = await memberOf(await headers());
  if (!member) redirect('/sign-in');
  const { memberId, workspaceId, name, role } = member;
  return { memberId, workspaceId, name, role };
});
