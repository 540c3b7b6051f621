import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

export const fieldClass =
  'w-full min-w-0 rounded-md border border-line-strong bg-field text-sm text-ink transition-colors hover:border-ink-3/60 focus-visible:border-accent focus-visible:outline-offset-0 focus-visible:outline-1 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger aria-invalid:focus-visible:outline-danger';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(fieldClass, 'h-8 px-2.5 coarse:h-11', className)} {...props} />;
}
