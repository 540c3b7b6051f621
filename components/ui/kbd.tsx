import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

/** One key cap. Hidden where there is no keyboard to press. */
export function Kbd({ className, ...props }: ComponentProps<'kbd'>) {
  return (
    <kbd
      className={cn(
        'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded border border-line-strong bg-surface px-1 font-sans text-2xs text-ink-3 dark:bg-canvas coarse:hidden',
        className,
      )}
      {...props}
    />
  );
}
