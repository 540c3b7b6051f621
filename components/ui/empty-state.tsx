import type { ReactNode } from 'react';
import { cn } from './cn.ts';

/** What stands where nothing is: what it is for and what to do. */
export function EmptyState({
  icon,
  title,
  text,
  action,
  className,
}: {
  icon?: ReactNode;
  title: ReactNode;
  text?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div
      className={cn(
        'flex h-full flex-col items-center justify-center gap-1 px-6 py-12 text-center',
        className,
      )}
    >
      {icon ? (
        <div className="mb-3 grid size-11 place-items-center rounded-xl bg-hover text-ink-3 [&_svg]:size-5">
          {icon}
        </div>
      ) : null}
      <p className="font-medium text-base text-ink">{title}</p>
      {text ? <p className="max-w-xs text-balance text-ink-3 text-sm">{text}</p> : null}
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  );
}
