'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Dialog as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

/**
 * A modal. On a phone it is a sheet at the lower edge, where thumbs are.
 * `description` is read with the title; omit it only where the title says everything.
 */
export function DialogContent({
  title,
  description,
  wide,
  className,
  children,
  ...props
}: Omit<ComponentProps<typeof Radix.Content>, 'title'> & {
  title: ReactNode;
  description?: ReactNode;
  wide?: boolean;
}) {
  const t = useTranslations('common');
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-50 animate-fade bg-black/35 dark:bg-black/55" />
      <Radix.Content
        {...(description ? {} : { 'aria-describedby': undefined })}
        className={cn(
          'fixed z-50 flex flex-col bg-raised shadow-pop outline-none',
          'inset-x-0 bottom-0 max-h-[92dvh] animate-rise rounded-t-2xl',
          'sm:inset-auto sm:top-[12vh] sm:left-1/2 sm:max-h-[76vh] sm:w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:rounded-xl',
          wide ? 'sm:max-w-2xl' : 'sm:max-w-md',
          className,
        )}
        {...props}
      >
        <header className="px-5 pt-4 pr-14 pb-3">
          <div className="min-w-0 flex-1">
            <Radix.Title className="font-semibold text-ink text-lg">{title}</Radix.Title>
            {description ? (
              <Radix.Description className="mt-0.5 text-ink-2 text-sm">
                {description}
              </Radix.Description>
            ) : null}
          </div>
        </header>
        {children}
        {/* Last, so that the focus starts in the content. */}
        <Radix.Close asChild>
          <Button
            variant="ghost"
            size="iconSm"
            aria-label={t('close')}
            className="absolute top-3.5 right-3.5 coarse:top-2 coarse:right-2"
          >
            <X />
          </Button>
        </Radix.Close>
      </Radix.Content>
    </Radix.Portal>
  );
}

/** The scrolling middle of a dialog. */
export function DialogBody({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      className={cn('scroll-quiet min-h-0 flex-1 overflow-y-auto px-5 pb-4', className)}
      {...props}
    />
  );
}

export function DialogFooter({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      className={cn(
        'flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3 max-sm:pb-[max(0.75rem,env(safe-area-inset-bottom))]',
        className,
      )}
      {...props}
    />
  );
}
