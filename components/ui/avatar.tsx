import { UserRound } from 'lucide-react';
import { cn } from './cn.ts';
import { hueOf, initialsOf } from './initials.ts';

const SIZES = {
  xs: 'size-5 text-[9px]',
  sm: 'size-7 text-2xs',
  md: 'size-8 text-xs',
  lg: 'size-10 text-sm',
} as const;

/** Chosen by eye to be told apart in both themes; text keeps 4.5:1 on each. */
const HUES = [
  'bg-[oklch(0.9_0.06_20)] text-[oklch(0.38_0.1_20)] dark:bg-[oklch(0.36_0.06_20)] dark:text-[oklch(0.89_0.06_20)]',
  'bg-[oklch(0.91_0.06_70)] text-[oklch(0.39_0.08_65)] dark:bg-[oklch(0.36_0.05_70)] dark:text-[oklch(0.89_0.06_75)]',
  'bg-[oklch(0.91_0.06_150)] text-[oklch(0.37_0.08_150)] dark:bg-[oklch(0.35_0.05_150)] dark:text-[oklch(0.89_0.07_150)]',
  'bg-[oklch(0.91_0.05_200)] text-[oklch(0.37_0.07_210)] dark:bg-[oklch(0.35_0.05_205)] dark:text-[oklch(0.89_0.06_200)]',
  'bg-[oklch(0.91_0.045_255)] text-[oklch(0.39_0.11_260)] dark:bg-[oklch(0.36_0.07_260)] dark:text-[oklch(0.9_0.05_255)]',
  'bg-[oklch(0.91_0.05_310)] text-[oklch(0.39_0.1_310)] dark:bg-[oklch(0.36_0.07_310)] dark:text-[oklch(0.9_0.05_310)]',
] as const;

/**
 * Initials on a colour that stays with the seed. Decorative: the name stands beside it.
 * Without a name: a figure.
 * @param seed what the colour follows (an id), the name otherwise
 */
export function Avatar({
  name,
  seed,
  size = 'md',
  status,
  className,
}: {
  name: string;
  seed?: string;
  size?: keyof typeof SIZES;
  status?: 'ok' | 'warn' | 'off';
  className?: string;
}) {
  return (
    <span aria-hidden="true" className={cn('relative inline-flex shrink-0', className)}>
      <span
        className={cn(
          'inline-flex select-none items-center justify-center rounded-full font-semibold',
          SIZES[size],
          HUES[hueOf(seed ?? name, HUES.length)],
        )}
      >
        {name.trim() ? initialsOf(name) : <UserRound className="size-[55%]" />}
      </span>
      {status ? <StatusDot status={status} className="absolute -right-0.5 -bottom-0.5" /> : null}
    </span>
  );
}

const DOTS = { ok: 'bg-ok', warn: 'bg-warn', off: 'bg-line-strong' } as const;

export function StatusDot({
  status,
  className,
}: {
  status: keyof typeof DOTS;
  className?: string;
}) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        'inline-block size-2.5 shrink-0 rounded-full ring-2 ring-surface',
        DOTS[status],
        className,
      )}
    />
  );
}
