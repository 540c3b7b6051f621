import { cn } from './cn.ts';

/** A grey bar where text will be. Give it width and height by class. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn('block animate-pulse rounded bg-pressed motion-reduce:animate-none', className)}
    />
  );
}
