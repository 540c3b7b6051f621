/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { VisitorThread } from '#lib/sdk/api.ts';
import { useStickToBottom } from '../use-stick-to-bottom.ts';
import { useWords } from '../words.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Skeleton } from './skeleton.tsx';
import { ThreadRows } from './thread-rows.tsx';

interface Props {
  thread: VisitorThread;
  /** Somebody can see the panel now. */
  visible: boolean;
  onRetry(clientKey: string): void;
  onEdit(clientKey: string): void;
  /** All that is here has been seen. */
  onSeen(): void;
  /** Shown before the first message. */
  intro: ComponentChildren;
  /** Cards behind the last message. */
  children: ComponentChildren;
}

export function ThreadView({ thread, visible, onRetry, onEdit, onSeen, intro, children }: Props) {
  const { say } = useWords();
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const newest = thread.items.at(-1);
  const { away, jump, onScroll } = useStickToBottom(list, content, newest?.key);
  const { conversationId, unread } = thread;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation begins at its end
  useEffect(jump, [conversationId, jump]);

  // One's own message is always worth seeing.
  useEffect(() => {
    if (newest?.kind === 'pending') jump();
  }, [newest, jump]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is the reason to run
  useEffect(() => {
    if (visible && !away) onSeen();
  }, [visible, away, newest, unread, onSeen]);

  const typing = thread.typing;
  return (
    <div class="thread">
      <div class="scroll" ref={list} onScroll={onScroll}>
        <div class="content" ref={content}>
          {thread.loading ? (
            <Skeleton />
          ) : (
            <>
              {thread.items.length === 0 && intro}
              <div
                class="log"
                role="log"
                aria-live="polite"
                aria-label={say('thread.log')}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard
                tabIndex={0}
              >
                <ThreadRows thread={thread} onRetry={onRetry} onEdit={onEdit} />
              </div>
            </>
          )}
          {typing !== null && (
            <div class="group typing">
              <Avatar name={typing} />
              <div class="bubble">
                <span class="unseen">{say('thread.typing', { name: typing })}</span>
                <i />
                <i />
                <i />
              </div>
            </div>
          )}
          {children}
        </div>
      </div>
      {away && (
        <button type="button" class={unread ? 'pill fresh' : 'pill'} onClick={jump}>
          <Icon name="down" small />
          {say(unread ? 'thread.new' : 'thread.jump')}
        </button>
      )}
    </div>
  );
}
