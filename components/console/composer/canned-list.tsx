'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { cn } from '#components/ui/cn.ts';
import type { CannedReply } from './canned.ts';

export const optionId = (listId: string, index: number) => `${listId}-${index}`;

/** Choices above the editor, which keeps the focus and names the active one. */
export function CannedList({
  id,
  replies,
  active,
  onChoose,
  onHover,
}: {
  id: string;
  replies: readonly CannedReply[];
  active: number;
  onChoose: (reply: CannedReply) => void;
  onHover: (index: number) => void;
}) {
  const t = useTranslations('console.composer');
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div className="absolute inset-x-2 bottom-full z-20 mb-1.5 animate-rise overflow-hidden rounded-lg bg-raised shadow-pop">
      {replies.length === 0 ? (
        <p className="px-3 py-2.5 text-ink-3 text-sm">{t('cannedNone')}</p>
      ) : (
        <div
          ref={list}
          id={id}
          role="listbox"
          aria-label={t('canned')}
          className="scroll-quiet max-h-64 overflow-y-auto p-1"
        >
          {replies.map((reply, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the editor has the focus and the keys
            <div
              key={reply.id}
              id={optionId(id, index)}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onMouseMove={() => onHover(index)}
              // The editor must not lose the focus to the pointer.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(reply)}
              className={cn(
                'flex min-h-9 items-baseline gap-3 rounded-md px-2 py-1.5 text-sm coarse:min-h-11',
                index === active && 'bg-hover',
              )}
            >
              <span className="shrink-0 font-medium text-accent-text">/{reply.shortcut}</span>
              <span className="line-clamp-2 min-w-0 text-ink-2">{reply.body}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
