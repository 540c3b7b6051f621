'use client';

import { Menu } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Dialog } from 'radix-ui';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';

interface Sidebar {
  open: boolean;
  setOpen: (open: boolean) => void;
}

const SidebarContext = createContext<Sidebar>({ open: false, setOpen: () => undefined });

/**
 * Sidebar beside the page; on a phone it is a drawer that `SidebarToggle` opens. `children` is the
 * page and fills the height; it brings its own scrolling.
 */
export function AppShell({ sidebar, children }: { sidebar: ReactNode; children: ReactNode }) {
  const t = useTranslations('common');
  const [open, setOpen] = useState(false);
  const value = useMemo(() => ({ open, setOpen }), [open]);
  return (
    <SidebarContext value={value}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2 focus:shadow-pop"
      >
        {t('skip')}
      </a>
      <div className="flex h-dvh overflow-hidden">
        <aside
          aria-label={t('nav.label')}
          className="hidden w-56 shrink-0 flex-col bg-canvas lg:flex"
        >
          {sidebar}
        </aside>
        <Dialog.Root open={open} onOpenChange={setOpen}>
          <Dialog.Portal>
            <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/35 lg:hidden" />
            <Dialog.Content
              aria-describedby={undefined}
              className="fixed inset-y-0 left-0 z-40 flex w-64 animate-slide flex-col bg-canvas pb-[env(safe-area-inset-bottom)] shadow-pop outline-none lg:hidden"
            >
              <Dialog.Title className="sr-only">{t('nav.label')}</Dialog.Title>
              {sidebar}
            </Dialog.Content>
          </Dialog.Portal>
        </Dialog.Root>
        <main
          id="main"
          tabIndex={-1}
          className="flex min-w-0 flex-1 flex-col bg-surface outline-none lg:my-2 lg:mr-2 lg:overflow-hidden lg:rounded-xl lg:shadow-card"
        >
          {children}
        </main>
      </div>
    </SidebarContext>
  );
}

/** Opens the drawer; stands at the left of a page's header and is gone where the sidebar is shown. */
export function SidebarToggle({ className }: { className?: string }) {
  const t = useTranslations('common.nav');
  const { setOpen } = useContext(SidebarContext);
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={t('open')}
      className={cn('-ml-2 lg:hidden', className)}
      onClick={() => setOpen(true)}
    >
      <Menu />
    </Button>
  );
}

/** Beyond three digits a number tells nobody more. */
export function shortCount(count: number): string {
  return count > 999 ? '999+' : String(count);
}

export function SidebarSection({ label, children }: { label?: ReactNode; children: ReactNode }) {
  return (
    <div className="px-2 py-1">
      {label ? (
        <p className="px-2 pt-2 pb-1 font-medium text-2xs text-ink-3 tracking-wide">{label}</p>
      ) : null}
      <ul className="grid gap-px">{children}</ul>
    </div>
  );
}

/** One place to go. `count` is said with the name; `strong` sets it in the accent. */
export function SidebarLink({
  href,
  icon,
  active,
  count,
  countLabel,
  strong,
  children,
}: {
  href: string;
  icon?: ReactNode;
  active?: boolean;
  count?: number | null;
  /** What the count means, for screen readers. */
  countLabel?: string;
  strong?: boolean;
  children: ReactNode;
}) {
  const { setOpen } = useContext(SidebarContext);
  return (
    <li>
      <Link
        href={href}
        aria-current={active ? 'page' : undefined}
        onClick={() => setOpen(false)}
        className="focus-inset flex h-8 items-center gap-2 rounded-md px-2 text-ink-2 text-sm hover:bg-hover hover:text-ink aria-[current]:bg-pressed aria-[current]:font-medium aria-[current]:text-ink coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:opacity-80"
      >
        {icon}
        <span className="min-w-0 flex-1 truncate">{children}</span>
        {count ? (
          <span
            className={cn(
              'min-w-5 rounded px-1 text-center text-xs tabular-nums',
              strong ? 'bg-accent-soft font-medium text-accent-text' : 'text-ink-3',
            )}
          >
            {shortCount(count)}
            {countLabel ? <span className="sr-only"> {countLabel}</span> : null}
          </span>
        ) : null}
      </Link>
    </li>
  );
}

/** The bar at the top of a page. */
export function PageHeader({
  title,
  children,
  className,
}: {
  title: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <header
      className={cn(
        'flex min-h-12 shrink-0 items-center gap-2 border-b px-4 coarse:min-h-14',
        className,
      )}
    >
      <SidebarToggle />
      <h1 className="min-w-0 flex-1 truncate font-semibold text-base">{title}</h1>
      {children}
    </header>
  );
}
