/** @jsxImportSource preact */
import { useMemo, useState } from 'preact/hooks';
import type { VisitorThread } from '#lib/sdk/api.ts';
import { dayOf } from '../clock.ts';
import { lastSent, type Row, timeline } from '../timeline.ts';
import { useWords } from '../words.ts';
import { MessageGroup } from './message-group.tsx';

/** Items drawn at first and more with each "earlier": a very long conversation stays quick to open. */
const PAGE = 150;

interface Props {
  thread: VisitorThread;
  onRetry(clientKey: string): void;
  onEdit(clientKey: string): void;
}

export function ThreadRows({ thread, onRetry, onEdit }: Props) {
  const words = useWords();
  const [shown, setShown] = useState(PAGE);
  const { items, agentReadSeq } = thread;
  const rows = useMemo(
    () => timeline(items.slice(-shown), { agentReadSeq }),
    [items, shown, agentReadSeq],
  );
  const marked = useMemo(() => lastSent(rows), [rows]);

  const draw = (row: Row) => {
    switch (row.kind) {
      case 'day':
        return (
          <div key={row.key} class="day">
            <span>{dayOf(row.at, words)}</span>
          </div>
        );
      case 'group':
        return (
          <MessageGroup
            key={row.key}
            group={row}
            marked={marked}
            onRetry={onRetry}
            onEdit={onEdit}
          />
        );
      default: {
        const text = lineText(row, words);
        return (
          text && (
            <p key={row.key} class="line">
              {text}
            </p>
          )
        );
      }
    }
  };

  return (
    <>
      {items.length > shown && (
        <button type="button" class="link earlier" onClick={() => setShown(shown + PAGE)}>
          {words.say('thread.earlier')}
        </button>
      )}
      {rows.map(draw)}
    </>
  );
}

function lineText(
  row: Exclude<Row, { kind: 'day' } | { kind: 'group' }>,
  words: ReturnType<typeof useWords>,
): string {
  switch (row.kind) {
    case 'line':
      return words.line(row.line);
    case 'joined':
      return words.say('thread.joined', { name: row.name });
    case 'contact':
      return words.say('thread.contact', { email: row.email });
    case 'rated':
      return words.say('thread.rated', { score: row.score });
  }
}
