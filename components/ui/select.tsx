'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';
import { fieldClass } from './input.tsx';
import { itemClass, popClass } from './surface.ts';

export interface SelectOption {
  value: string;
  label: ReactNode;
  disabled?: boolean;
}

/** A choice of one. Values are never empty strings (Radix keeps that for "nothing chosen"). */
export function Select({
  value,
  onValueChange,
  options,
  placeholder,
  disabled,
  className,
  ...aria
}: {
  value: string | undefined;
  onValueChange: (value: string) => void;
  options: readonly SelectOption[];
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  id?: string;
  name?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}) {
  return (
    <Radix.Root value={value ?? ''} onValueChange={onValueChange} disabled={disabled}>
      <Radix.Trigger
        className={cn(
          fieldClass,
          'inline-flex h-8 items-center justify-between gap-2 px-2.5 text-left data-placeholder:text-ink-3 coarse:h-11',
          className,
        )}
        {...aria}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon>
          <ChevronDown className="size-3.5 text-ink-3" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className={cn(
            popClass,
            'max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width)',
          )}
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className={cn(itemClass, 'pr-8')}
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <Radix.ItemIndicator className="absolute right-2">
                  <Check className="size-4 text-accent-text" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
