import { CircleAlert, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

const TONES = {
  danger: 'bg-danger-soft text-danger-text',
  warn: 'bg-warn-soft text-warn-text',
  info: 'bg-accent-soft text-accent-text',
} as const;

/** A message that stays in the page, read out when it appears. */
export function Alert({
  tone = 'danger',
  children,
  className,
}: {
  tone?: keyof typeof TONES;
  children: ReactNode;
  className?: string;
}) {
  const Icon = tone === 'info' ? Info : CircleAlert;
  return (
    <div
      role="alert"
      className={cn('flex items-start gap-2 rounded-md px-3 py-2 text-sm', TONES[tone], className)}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
