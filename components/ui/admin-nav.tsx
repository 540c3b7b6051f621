'use client';

import { BookText, Hash, History, Layers, Sparkles, Users } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { SidebarLink, SidebarSection } from './app-shell.tsx';

/** Sections of the settings in their order; each is a page `/admin/<path>`. */
const SECTIONS = [
  { path: 'members', Icon: Users, supervisor: true },
  { path: 'queues', Icon: Layers, supervisor: true },
  { path: 'skills', Icon: Sparkles, supervisor: true },
  { path: 'channels', Icon: Hash, supervisor: false },
  { path: 'replies', Icon: BookText, supervisor: true },
  { path: 'audit', Icon: History, supervisor: false },
] as const;

/** The settings' part of the sidebar: supervisors see what they may read, agents nothing. */
export function AdminNav({
  role = 'owner',
}: {
  role?: 'owner' | 'admin' | 'supervisor' | 'agent';
}) {
  const t = useTranslations('common.nav');
  const pathname = usePathname();
  if (role === 'agent') return null;
  return (
    <SidebarSection label={t('admin')}>
      {SECTIONS.filter(({ supervisor }) => supervisor || role !== 'supervisor').map(
        ({ path, Icon }) => (
          <SidebarLink
            key={path}
            href={`/admin/${path}`}
            icon={<Icon />}
            active={pathname.startsWith(`/admin/${path}`)}
          >
            {t(path)}
          </SidebarLink>
        ),
      )}
    </SidebarSection>
  );
}
