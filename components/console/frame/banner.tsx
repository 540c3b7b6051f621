import type { ReactNode } from 'react';
import { cn } from '#components/ui/cn.ts';

const TONES = {
  warn: 'bg-warn-soft text-warn-text',
  danger: 'bg-danger-soft text-danger-text',
  info: 'bg-accent-soft text-accent-text',
} as const;

/** A line above the page that stays while what it says is so. */
export function Banner({
  tone,
  icon,
  action,
  children,
}: {
  tone: keyof typeof TONES;
  icon?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      role="status"
      className={cn(
        'flex min-h-10 shrink-0 items-center justify-center gap-2.5 px-4 py-1.5 text-sm [&>svg]:size-4 [&>svg]:shrink-0',
        TONES[tone],
      )}
    >
      {icon}
      <span>{children}</span>
      {action}
    </div>
  );
}
