'use client';

import { Label } from 'radix-ui';
import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';
import { cn } from './cn.ts';

interface Described {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}

/**
 * Label, control, hint and error, tied together for screen readers. The only child is the control;
 * it receives id, aria-describedby and aria-invalid.
 */
export function Field({
  label,
  hint,
  error,
  optional,
  className,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  /** Text such as "optional", set quietly after the label. */
  optional?: ReactNode;
  className?: string;
  children: ReactElement<Described>;
}) {
  const id = useId();
  const describedBy = [hint && !error ? `${id}-hint` : null, error ? `${id}-error` : null]
    .filter(Boolean)
    .join(' ');
  return (
    <div className={cn('grid gap-1.5', className)}>
      <Label.Root htmlFor={children.props.id ?? id} className="font-medium text-ink text-sm">
        {label}
        {optional ? <span className="ml-1.5 font-normal text-ink-3">{optional}</span> : null}
      </Label.Root>
      {cloneElement(children, {
        id: children.props.id ?? id,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {hint && !error ? (
        <p id={`${id}-hint`} className="text-ink-3 text-xs">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-danger-text text-xs">
          {error}
        </p>
      ) : null}
    </div>
  );
}
