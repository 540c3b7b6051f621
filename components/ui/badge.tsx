import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

const badgeClass = cva(
  'inline-flex h-[18px] max-w-full shrink-0 items-center gap-1 truncate rounded px-1.5 font-medium text-2xs',
  {
    variants: {
      tone: {
        neutral: 'bg-pressed text-ink-2',
        accent: 'bg-accent-soft text-accent-text',
        ok: 'bg-ok-soft text-ok-text',
        warn: 'bg-warn-soft text-warn-text',
        danger: 'bg-danger-soft text-danger-text',
        note: 'bg-note text-note-ink',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

export type BadgeTone = NonNullable<VariantProps<typeof badgeClass>['tone']>;

export function Badge({
  tone,
  className,
  ...props
}: ComponentProps<'span'> & { tone?: BadgeTone }) {
  return <span className={cn(badgeClass({ tone }), className)} {...props} />;
}
