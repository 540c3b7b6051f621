'use client';

import { ChevronRight, Star } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Dialog, DialogContent } from '#components/ui/dialog.tsx';
import type { EarlierConversation } from '#lib/sdk/api.ts';
import { useThread } from '../desk/desk-context.tsx';
import { ThreadView } from '../thread/thread-view.tsx';
import { formatFull, formatShort } from '../time/calendar.ts';
import { useNow } from '../time/use-now.ts';

/** What the same contact wrote before; each opens read-only over the current conversation. */
export function EarlierConversations({ earlier }: { earlier: readonly EarlierConversation[] }) {
  const t = useTranslations('console.details');
  const locale = useLocale();
  const now = useNow(600);
  const [openId, setOpenId] = useState<string | null>(null);
  if (earlier.length === 0) return <p className="text-ink-3 text-sm">{t('earlierNone')}</p>;
  const opened = earlier.find(({ id }) => id === openId);
  return (
    <>
      <ul className="-mx-2 grid gap-px">
        {earlier.map((conversation) => (
          <li key={conversation.id}>
            <button
              type="button"
              onClick={() => setOpenId(conversation.id)}
              className="focus-inset flex min-h-11 w-full items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover"
            >
              <span className="min-w-0 flex-1">
                <span className="line-clamp-1 text-sm">
                  {conversation.preview || t('untitled')}
                </span>
                <span className="flex items-center gap-1.5 text-ink-3 text-xs">
                  {formatShort(Date.parse(conversation.createdAt), now, locale)}
                  {conversation.rating ? (
                    <span className="inline-flex items-center gap-0.5">
                      <Star aria-hidden="true" className="size-3 fill-warn text-warn" />
                      {t('ratingValue', { score: conversation.rating })}
                    </span>
                  ) : null}
                </span>
              </span>
              <ChevronRight aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
            </button>
          </li>
        ))}
      </ul>
      <Dialog
        open={opened !== undefined}
        onOpenChange={(open) => {
          if (!open) setOpenId(null);
        }}
      >
        {opened ? (
          <DialogContent
            wide
            title={t('readOnly')}
            description={formatFull(Date.parse(opened.createdAt), locale)}
            className="h-[80dvh]"
          >
            <div className="flex min-h-0 flex-1 flex-col border-t">
              <ReadOnlyThread conversationId={opened.id} />
            </div>
          </DialogContent>
        ) : null}
      </Dialog>
    </>
  );
}

function ReadOnlyThread({ conversationId }: { conversationId: string }) {
  const thread = useThread(conversationId);
  return <ThreadView conversationId={conversationId} thread={thread} actions={null} />;
}
