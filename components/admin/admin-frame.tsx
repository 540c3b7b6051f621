'use client';

import { ArrowLeft } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { AdminNav } from '#components/ui/admin-nav.tsx';
import { AppShell, SidebarLink, SidebarSection, SidebarToggle } from '#components/ui/app-shell.tsx';
import { PreferenceButtons } from '#components/ui/preferences.tsx';
import type { RoleName } from '#lib/protocol/config.ts';
import { ConfigProvider } from './query-provider.tsx';
import { RoleProvider } from './role.tsx';

/** Sidebar and scrolling frame of the settings. */
export function AdminFrame({ role, children }: { role: RoleName; children: ReactNode }) {
  const t = useTranslations('common.nav');
  return (
    <ConfigProvider>
      <RoleProvider role={role}>
        <AppShell
          sidebar={
            <nav aria-label={t('label')} className="flex min-h-0 flex-1 flex-col py-2">
              <SidebarSection>
                <SidebarLink href="/inbox" icon={<ArrowLeft />}>
                  {t('backToInbox')}
                </SidebarLink>
              </SidebarSection>
              <AdminNav role={role} />
              <div className="mt-auto px-3 pb-2">
                <PreferenceButtons />
              </div>
            </nav>
          }
        >
          <div className="flex min-h-12 items-center px-4 lg:hidden">
            <SidebarToggle />
          </div>
          <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto">{children}</div>
        </AppShell>
      </RoleProvider>
    </ConfigProvider>
  );
}
