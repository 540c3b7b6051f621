/** @jsxImportSource preact */
import type { VisitorState } from '#lib/sdk/api.ts';
import { useWords, type Words } from '../words.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';

interface Props {
  state: VisitorState;
  /** The channel's. */
  title: string;
  screen: 'thread' | 'list';
  /** The loader's button is hidden on phones, so that the panel closes itself. */
  closable: boolean;
  onBack(): void;
  onEnd(): void;
  onClose(): void;
}

/** Where things stand, in one line. */
function status(
  { channel, connection, thread }: VisitorState,
  { say }: Words,
): { text: string; here: boolean } {
  switch (thread.stage) {
    case 'serving':
      return { text: say('header.serving'), here: true };
    case 'waiting': {
      const ahead = (thread.position ?? 0) - 1;
      if (ahead < 0) return { text: say('header.waiting'), here: true };
      return { text: ahead ? say('header.position', { ahead }) : say('header.next'), here: true };
    }
    case 'offline':
      return { text: say('header.left'), here: false };
    case 'ended':
      return { text: say('header.ended'), here: false };
    case null:
      if (!channel) {
        const young = connection.kind === 'connecting' || connection.kind === 'idle';
        return { text: young ? say('header.connecting') : '', here: false };
      }
      return {
        text: say(channel.staffed ? 'header.staffed' : 'header.away'),
        here: channel.staffed,
      };
  }
}

export function Header({ state, title, screen, closable, onBack, onEnd, onClose }: Props) {
  const words = useWords();
  const { say } = words;
  const { thread } = state;
  const inThread = screen === 'thread';
  const agent = inThread && thread.stage !== null ? (thread.agent?.name ?? null) : null;
  const { text, here } = status(state, words);
  const others = state.unread - thread.unread;
  return (
    <header>
      {inThread && state.conversations.length > 0 && (
        <button type="button" class="round" aria-label={say('header.back')} onClick={onBack}>
          <Icon name="back" />
          {others > 0 && <span class="dot" />}
        </button>
      )}
      {inThread && <Avatar name={agent} />}
      <div class="who">
        <h1 id="title" tabIndex={-1}>
          {inThread ? (agent ?? title) : say('list.title')}
        </h1>
        {inThread && (
          <p class={here ? 'here' : ''} role="status">
            {text}
          </p>
        )}
      </div>
      {inThread && thread.open && thread.stage !== null && thread.stage !== 'ended' && (
        <button
          type="button"
          class="round"
          aria-label={say('header.end')}
          title={say('header.end')}
          onClick={onEnd}
        >
          <Icon name="end" />
        </button>
      )}
      {closable && (
        <button
          type="button"
          class="round"
          aria-label={say('header.close')}
          title={say('header.close')}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
