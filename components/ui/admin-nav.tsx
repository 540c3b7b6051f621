'use client';

import { BookText, Hash, History, Layers, Sparkles, Users } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { SidebarLink, SidebarSection } from './app-shell.tsx';

/** Sections of the settings in their order; each is a page `/admin/<path>`. */
const SECTIONS = [
  { path: 'members', Icon: Users },
  { path: 'queues', Icon: Layers },
  { path: 'skills', Icon: Sparkles },
  { path: 'channels', Icon: Hash },
  { path: 'replies', Icon: BookText },
  { path: 'audit', Icon: History },
] as const;

/** The settings' part of the sidebar, for admins and owners. */
export function AdminNav() {
  const t = useTranslations('common.nav');
  const pathname = usePathname();
  return (
    <SidebarSection label={t('admin')}>
      {SECTIONS.map(({ path, Icon }) => (
        <SidebarLink
          key={path}
          href={`/admin/${path}`}
          icon={<Icon />}
          active={pathname.startsWith(`/admin/${path}`)}
        >
          {t(path)}
        </SidebarLink>
      ))}
    </SidebarSection>
  );
}
