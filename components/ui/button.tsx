import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { Spinner } from './spinner.tsx';

export const buttonClass = cva(
  'relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
        secondary:
          'border border-line-strong bg-surface text-ink hover:bg-hover active:bg-pressed dark:bg-raised',
        ghost: 'text-ink-2 hover:bg-hover hover:text-ink active:bg-pressed',
        danger: 'bg-danger text-white hover:bg-danger-hover',
        quietDanger: 'text-danger-text hover:bg-danger-soft',
        ok: 'bg-ok-soft text-ok-text hover:brightness-97 dark:hover:brightness-110',
      },
      size: {
        sm: 'h-7 px-2 text-xs coarse:h-9 coarse:px-3',
        md: 'h-8 px-3 text-sm coarse:h-10',
        lg: 'h-10 px-4 text-base coarse:h-11',
        icon: 'size-8 text-sm coarse:size-11',
        iconSm: 'size-7 coarse:size-10',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof buttonClass> & {
    /** Render the only child (a link) with the button's looks. */
    asChild?: boolean;
    /** Shows a spinner in place of the text and refuses clicks; keeps its width. */
    pending?: boolean;
  };

export function Button({
  variant,
  size,
  asChild,
  pending,
  className,
  children,
  disabled,
  ...props
}: ButtonProps) {
  const classes = cn(buttonClass({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={classes}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      {...props}
    >
      {pending ? (
        <>
          <span className="invisible inline-flex items-center gap-1.5">{children}</span>
          <span className="absolute inset-0 grid place-items-center rounded-[inherit]">
            <Spinner />
          </span>
        </>
      ) : (
        children
      )}
    </button>
  );
}
