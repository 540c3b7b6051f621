import type { ReactNode } from 'react';
import { Logo } from '#components/ui/logo.tsx';
import { PreferenceButtons } from '#components/ui/preferences.tsx';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-end p-3">
        <PreferenceButtons />
      </header>
      <main className="mx-auto flex w-full max-w-[22rem] flex-1 flex-col px-5 pt-[8vh] pb-16">
        <Logo className="mb-6 size-10" />
        {children}
      </main>
    </div>
  );
}
