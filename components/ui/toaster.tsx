'use client';

import { useTheme } from 'next-themes';
import { Toaster as Sonner, toast } from 'sonner';

export { toast };

/** Where toasts appear; once, in the root layout. Errors stay longer than successes. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="top-center"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-(--width) items-start gap-2.5 rounded-lg bg-raised p-3 text-ink text-sm shadow-pop font-sans',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'mt-0.5 text-ink-2',
          icon: 'mt-0.5 shrink-0',
          actionButton:
            'ml-auto shrink-0 rounded-md px-2 py-0.5 font-medium text-accent-text text-xs hover:bg-hover',
          error: '[&_[data-icon]]:text-danger-text',
          success: '[&_[data-icon]]:text-ok-text',
        },
      }}
    />
  );
}
