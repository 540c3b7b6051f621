/** @jsxImportSource preact */
import { timeOf } from '../clock.ts';
import type { Bubble, Row } from '../timeline.ts';
import { useWords } from '../words.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { MessageText } from './message-text.tsx';

interface Props {
  group: Extract<Row, { kind: 'group' }>;
  /** Key of the newest own message in the log: it alone wears sent or read. */
  marked: string | null;
  onRetry(clientKey: string): void;
  onEdit(clientKey: string): void;
}

/** What one author said in a row, with one time below. */
export function MessageGroup({ group, marked, onRetry, onEdit }: Props) {
  const words = useWords();
  const own = group.name === null;
  const last = group.bubbles.at(-1);
  if (!last) return null;
  const mark = own && last.mark && (last.clientKey || last.key === marked) ? last.mark : null;
  return (
    <div class={own ? 'group own' : 'group'}>
      {!own && <Avatar name={group.name} />}
      <div class="stack">
        <span class={own ? 'unseen' : 'author'}>{group.name ?? words.say('thread.you')}</span>
        {group.bubbles.map((bubble) => (
          <div key={bubble.key} class="said">
            <div class={`bubble ${bubble.mark ?? ''}`} data-mark={bubble.mark ?? undefined}>
              <MessageText text={bubble.text} />
            </div>
            {bubble.mark === 'failed' && (
              <Failed bubble={bubble} onRetry={onRetry} onEdit={onEdit} />
            )}
          </div>
        ))}
        {mark !== 'failed' && (
          <div class="meta">
            <time dateTime={last.at}>{timeOf(last.at, words)}</time>
            {mark && (
              <span class="mark">
                {mark === 'waiting' && <Icon name="clock" small />}
                {words.say(`mark.${mark}`)}
              </span>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function Failed({
  bubble,
  onRetry,
  onEdit,
}: { bubble: Bubble } & Pick<Props, 'onRetry' | 'onEdit'>) {
  const { say } = useWords();
  const key = bubble.clientKey;
  return (
    <div class="meta failed">
      <Icon name="warning" small />
      {say('mark.failed')}
      {key !== null && (
        <>
          <button type="button" class="link" onClick={() => onRetry(key)}>
            {say('mark.retry')}
          </button>
          <button type="button" class="link" onClick={() => onEdit(key)}>
            {say('mark.edit')}
          </button>
        </>
      )}
    </div>
  );
}
