'use client';

import { SendHorizontal, StickyNote } from 'lucide-react';
import { useTranslations } from 'next-intl';
import {
  type KeyboardEvent,
  type Ref,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { Segmented } from '#components/ui/segmented.tsx';
import { toast } from '#components/ui/toaster.tsx';
import { useErrorText } from '#lib/i18n/use-error-text.ts';
import { useClient, useDesk } from '../desk/desk-context.tsx';
import { type CannedReply, filterCanned, insertCanned, slashQuery } from './canned.ts';
import { CannedList, optionId } from './canned-list.tsx';
import type { ComposerMode } from './drafts.ts';
import { bytesLeft } from './text-limit.ts';
import { useDraft } from './use-draft.ts';

export interface ComposerHandle {
  /** Focuses the editor in a mode; `slash` opens the canned replies. */
  focus(mode: ComposerMode, slash?: boolean): void;
  /** Puts an unsent text back. */
  restore(text: string, mode: ComposerMode): void;
}

/** px; the editor grows to this, then scrolls. */
const MOST_HEIGHT = 220;

/** Where replies and notes are written. Mount one per conversation (`key`). */
export function Composer({
  conversationId,
  contactName,
  mayReply,
  why,
  ref,
}: {
  conversationId: string;
  contactName: string;
  mayReply: boolean;
  /** Said when replying is not possible. */
  why: string | null;
  ref?: Ref<ComposerHandle>;
}) {
  const client = useClient();
  const t = useTranslations('console.composer');
  const errorText = useErrorText();
  const canned = useDesk((state) => state.desk?.cannedReplies);
  const { draft, change } = useDraft(conversationId);
  const editor = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [dismissed, setDismissed] = useState<number | null>(null);

  const mode: ComposerMode = mayReply ? draft.mode : 'note';
  const text = draft[mode];
  const slash = mode === 'reply' ? slashQuery(text, caret) : null;
  const searching = slash !== null && slash.from !== dismissed && canned !== undefined;
  const replies = searching ? filterCanned(canned, slash.query) : [];
  const chosen = Math.min(active, Math.max(0, replies.length - 1));
  const left = bytesLeft(text);

  useLayoutEffect(() => {
    const element = editor.current;
    if (!element || element.value !== text) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(MOST_HEIGHT, element.scrollHeight)}px`;
  }, [text]);

  function place(next: string, at: number, where: ComposerMode = mode) {
    change({ mode: where, [where]: next });
    setCaret(at);
    setDismissed(null);
    requestAnimationFrame(() => {
      editor.current?.focus();
      editor.current?.setSelectionRange(at, at);
    });
  }

  useImperativeHandle(ref, () => ({
    focus(wanted, withSlash) {
      const where = wanted === 'reply' && !mayReply ? 'note' : wanted;
      const now = draft[where];
      if (!withSlash || where === 'note') return place(now, now.length, where);
      const gap = now === '' || /\s$/u.test(now) ? '' : ' ';
      place(`${now}${gap}/`, now.length + gap.length + 1, where);
    },
    restore(restored, where) {
      const now = draft[where];
      place(now ? `${restored}\n${now}` : restored, restored.length, where);
    },
  }));

  function submit() {
    if (text.trim() === '') return;
    const result =
      mode === 'reply' ? client.send(conversationId, text) : client.addNote(conversationId, text);
    if (!result.ok) {
      toast.error(errorText(result.error), { id: result.error.code });
      return;
    }
    change({ [mode]: '' });
    setCaret(0);
    if (mode === 'reply') client.setTyping(conversationId, false);
  }

  function choose(reply: CannedReply) {
    if (!slash) return;
    const next = insertCanned(text, slash, reply.body);
    place(next.text, next.caret);
    setActive(0);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // Safari ends a composition before its Enter arrives; 229 still tells (UI Events §5.7).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (searching && replies.length > 0) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step !== 0) {
        event.preventDefault();
        setActive((chosen + step + replies.length) % replies.length);
        return;
      }
      const reply = replies[chosen];
      if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && reply) {
        event.preventDefault();
        choose(reply);
        return;
      }
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (searching && slash) setDismissed(slash.from);
      else event.currentTarget.blur();
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }

  const note = mode === 'note';
  return (
    <div className="shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-4">
      <div
        className={cn(
          'relative rounded-xl border bg-field transition-colors focus-within:border-accent',
          note
            ? 'border-note-line focus-within:border-note-line focus-within:bg-note'
            : 'border-line-strong',
          // Who may only write notes is not shouted at before they do.
          note && (mayReply || text !== '') && 'bg-note',
        )}
      >
        {searching ? (
          <CannedList
            id={listId}
            replies={replies}
            active={chosen}
            onChoose={choose}
            onHover={setActive}
          />
        ) : null}
        <textarea
          ref={editor}
          rows={1}
          value={text}
          aria-label={note ? t('note') : t('replyTo', { name: contactName })}
          aria-autocomplete={searching ? 'list' : undefined}
          aria-haspopup={searching ? 'listbox' : undefined}
          aria-controls={searching && replies.length > 0 ? listId : undefined}
          aria-activedescendant={
            searching && replies.length > 0 ? optionId(listId, chosen) : undefined
          }
          placeholder={note ? t('noteHint') : t('replyHint')}
          className={cn(
            'scroll-quiet block max-h-[220px] min-h-[52px] w-full resize-none bg-transparent px-3.5 pt-3 pb-1 text-base outline-none',
            note && (mayReply || text !== '') && 'text-note-ink placeholder:text-note-ink/80',
          )}
          onChange={(event) => {
            change({ mode, [mode]: event.target.value });
            setCaret(event.target.selectionStart);
            setActive(0);
            setDismissed(null);
            if (!note) client.setTyping(conversationId, event.target.value !== '');
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => {
            if (!note) client.setTyping(conversationId, false);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="flex items-center gap-2 px-2 pt-1 pb-2">
          {mayReply ? (
            <Segmented
              value={mode}
              onValueChange={(next) => place(draft[next], draft[next].length, next)}
              label={t('mode')}
              options={[
                { value: 'reply', label: t('reply') },
                {
                  value: 'note',
                  label: (
                    <>
                      <StickyNote />
                      {t('note')}
                    </>
                  ),
                },
              ]}
            />
          ) : (
            <p className="min-w-0 truncate px-1.5 text-ink-2 text-xs">{why}</p>
          )}
          <span className="ml-auto" />
          {left !== null ? (
            <span
              role="status"
              className={cn('text-xs tabular-nums', left < 0 ? 'text-danger-text' : 'text-ink-3')}
            >
              {left < 0 ? t('over', { count: -left }) : t('left', { count: left })}
            </span>
          ) : null}
          <Button
            size="icon"
            variant={text.trim() === '' || (left ?? 0) < 0 ? 'ghost' : 'primary'}
            className="size-8 rounded-lg"
            disabled={text.trim() === '' || (left ?? 0) < 0}
            aria-label={note ? t('addNote') : t('send')}
            onClick={submit}
          >
            <SendHorizontal />
          </Button>
        </div>
      </div>
    </div>
  );
}
