/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { VisitorState } from '#lib/sdk/api.ts';
import { shortDate } from '../clock.ts';
import { useWords } from '../words.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';

interface Props {
  state: Pick<VisitorState, 'channel' | 'conversations' | 'moreConversations'>;
  onOpen(conversationId: string): void;
  onNew(): void;
  onMore(): Promise<unknown>;
}

/** Every conversation of this visitor, newest first. */
export function ConversationList({ state, onOpen, onNew, onMore }: Props) {
  const words = useWords();
  const { say } = words;
  const [busy, setBusy] = useState(false);
  const open = state.conversations.find((each) => each.open && each.stage !== 'ended');
  return (
    <div class="list">
      {state.conversations.length === 0 && <p class="line">{say('list.empty')}</p>}
      <ul>
        {state.conversations.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              class={each.unread ? 'unread' : ''}
              onClick={() => onOpen(each.id)}
            >
              <Avatar name={each.agent?.name ?? null} />
              <span class="about">
                <span class="top">
                  <b>{each.agent?.name ?? state.channel?.title ?? ''}</b>
                  <time dateTime={each.lastAt}>{shortDate(each.lastAt, words)}</time>
                </span>
                <span class="top">
                  <span class="preview">{each.preview || '…'}</span>
                  {each.unread > 0 ? (
                    <span class="count">
                      <span aria-hidden="true">{each.unread}</span>
                      <span class="unseen">{say('list.unread', { count: each.unread })}</span>
                    </span>
                  ) : (
                    each.id === open?.id && <span class="chip">{say('list.open')}</span>
                  )}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {state.moreConversations && (
        <button
          type="button"
          class="link earlier"
          disabled={busy}
          onClick={() => {
            setBusy(true);
            void onMore().finally(() => setBusy(false));
          }}
        >
          {say('list.more')}
        </button>
      )}
      <div class="foot">
        <button type="button" class="primary" onClick={() => (open ? onOpen(open.id) : onNew())}>
          {!open && <Icon name="plus" small />}
          {say(open ? 'list.current' : 'list.new')}
        </button>
      </div>
    </div>
  );
}
