import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AdminFrame } from '#components/admin/admin-frame.tsx';
import { roleAtLeast } from '#lib/auth/roles.ts';
import { memberOf } from '#lib/auth/session.ts';
import { AtWork } from '../../_frame/at-work.tsx';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('common.nav');
  return { title: t('admin') };
}

export default async function Layout({ children }: { children: ReactNode }) {
  const member = await memberOf(await headers());
  if (!member) redirect('/sign-in?next=/admin');
  if (!roleAtLeast(member.role, 'supervisor')) redirect('/inbox');
  const { memberId, workspaceId, role } = member;
  return (
    <>
      <AdminFrame role={role}>{children}</AdminFrame>
      <AtWork member={{ memberId, workspaceId }} />
    </>
  );
}
