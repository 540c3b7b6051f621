import { cn } from './cn.ts';

/** The mark: a P that is a speech bubble. Decorative; the name stands beside it or in the label. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={cn('size-8 shrink-0', className)}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M9.5 23.5V12.2A3.7 3.7 0 0 1 13.2 8.5h5.3a5.2 5.2 0 0 1 0 10.4h-4.4z"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinejoin="round"
      />
    </svg>
  );
}
