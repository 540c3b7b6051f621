import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { fieldClass } from './input.tsx';

export function Textarea({ className, rows = 4, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={rows}
      className={cn(fieldClass, 'scroll-quiet resize-y px-2.5 py-2', className)}
      {...props}
    />
  );
}
