/** @jsxImportSource preact */
import type { VisitorState } from '#lib/sdk/api.ts';
import { useWords } from '../words.ts';
import { Icon } from './icons.tsx';
import { Skeleton } from './skeleton.tsx';

interface Props {
  state: Pick<VisitorState, 'channel' | 'connection' | 'identified'>;
  onReload(): void;
}

/** An empty thread: the greeting, or why there is none yet. */
export function Intro({ state: { channel, connection, identified }, onReload }: Props) {
  const { say, error } = useWords();
  if (channel) {
    return (
      <div class="intro">
        <p class="greeting">{channel.greeting || say('greeting.fallback')}</p>
        {!channel.staffed && !identified && <p class="hint">{say('greeting.away')}</p>}
      </div>
    );
  }
  if (connection.kind === 'refused') {
    return (
      <div class="intro trouble">
        <Icon name="warning" />
        <p class="greeting">{error(connection.error.code)}</p>
      </div>
    );
  }
  if (connection.kind === 'offline') {
    return (
      <div class="intro trouble">
        <Icon name="warning" />
        <p class="greeting">{say('error.title')}</p>
        <p class="hint">{say('error.body')}</p>
        <button type="button" class="quiet" onClick={onReload}>
          {say('error.retry')}
        </button>
      </div>
    );
  }
  return <Skeleton />;
}
