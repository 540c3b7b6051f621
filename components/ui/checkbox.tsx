'use client';

import { Check } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

export function Checkbox({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        'relative grid size-4 shrink-0 place-items-center rounded border border-line-strong bg-field after:absolute after:-inset-2.5 after:content-[""] disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent',
        className,
      )}
      {...props}
    >
      <Radix.Indicator>
        <Check className="size-3 text-accent-ink" strokeWidth={3} />
      </Radix.Indicator>
    </Radix.Root>
  );
}
