'use client';

import { ToggleGroup as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

/** A choice of one among few, all visible. */
export function Segmented<T extends string>({
  value,
  onValueChange,
  options,
  label,
  className,
}: {
  value: T;
  onValueChange: (value: T) => void;
  options: readonly { value: T; label: ReactNode }[];
  /** For screen readers. */
  label: string;
  className?: string;
}) {
  return (
    <Radix.Root
      type="single"
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onValueChange(chosen.value);
      }}
      aria-label={label}
      className={cn('inline-flex rounded-md bg-pressed p-0.5', className)}
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          className="inline-flex h-6 items-center justify-center gap-1.5 rounded-[5px] px-2 font-medium text-ink-2 text-xs hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:shadow-card dark:data-[state=on]:bg-raised coarse:h-9 coarse:px-3 [&_svg]:size-3.5"
        >
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
