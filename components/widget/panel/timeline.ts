import type { VisitorItem, VisitorThread } from '#lib/sdk/api.ts';

/** How an own message stands: until `failed`, each follows the one before. */
export type Mark = 'waiting' | 'sending' | 'failed' | 'sent' | 'read';

export interface Bubble {
  key: string;
  text: string;
  at: string;
  /** null on others' messages. */
  mark: Mark | null;
  /** Of an item that is not in the log yet: what `retry` and `discard` want. */
  clientKey: string | null;
}

/** What the thread shows, top to bottom. */
export type Row =
  | { kind: 'day'; key: string; at: string }
  /** Messages of one author, less than five minutes apart. `name` null: the visitor. */
  | { kind: 'group'; key: string; name: string | null; bubbles: Bubble[] }
  | { kind: 'line'; key: string; line: string }
  | { kind: 'joined'; key: string; name: string }
  | { kind: 'contact'; key: string; email: string }
  | { kind: 'rated'; key: string; score: number };

const GROUP_GAP_MS = 5 * 60_000;

/** Calendar day of this device, for comparing. */
const dayOf = (at: string) => new Date(at).toDateString();

function markOf(item: VisitorItem, agentReadSeq: number): Mark {
  if (item.kind === 'pending') return item.status;
  return item.event.seq <= agentReadSeq ? 'read' : 'sent';
}

interface Entry {
  at: string;
  row: Exclude<Row, { kind: 'day' }>;
}

function entryOf(item: VisitorItem, thread: Context, present: string | null): Entry | null {
  const { key } = item;
  if (item.kind === 'pending') {
    if (item.of !== 'message') return null;
    const { at, text, clientKey } = item;
    const mark = markOf(item, thread.agentReadSeq);
    const bubbles = [{ key, text, at, mark, clientKey }];
    return { at, row: { kind: 'group', key, name: null, bubbles } };
  }
  const { event } = item;
  const { at } = event;
  switch (event.kind) {
    case 'message': {
      if (event.author.kind === 'system')
        return { at, row: { kind: 'line', key, line: event.text } };
      const name = event.author.kind === 'agent' ? event.author.name : null;
      const mark = name === null ? markOf(item, thread.agentReadSeq) : null;
      const bubbles = [{ key, text: event.text, at, mark, clientKey: null }];
      return { at, row: { kind: 'group', key, name, bubbles } };
    }
    case 'line':
      // The rating card says it, and stays while it is asked for.
      return event.line === 'rate_us' ? null : { at, row: { kind: 'line', key, line: event.line } };
    case 'stage': {
      const name = event.stage === 'serving' ? (event.agent?.name ?? null) : null;
      return name !== null && name !== present ? { at, row: { kind: 'joined', key, name } } : null;
    }
    case 'contact':
      return event.email === null
        ? null
        : { at, row: { kind: 'contact', key, email: event.email } };
    case 'rating':
      return { at, row: { kind: 'rated', key, score: event.score } };
    case 'unknown':
      return null;
  }
}

type Context = Pick<VisitorThread, 'agentReadSeq'>;

/** Turns the items of a thread into rows: day separators, groups by author, lines, arrivals. */
export function timeline(items: readonly VisitorItem[], thread: Context): Row[] {
  const rows: Row[] = [];
  let day = '';
  let present: string | null = null;
  for (const item of items) {
    const entry = entryOf(item, thread, present);
    if (item.kind === 'event' && item.event.kind === 'stage') {
      present = item.event.stage === 'serving' ? (item.event.agent?.name ?? null) : present;
    }
    if (entry === null) continue;
    const { at, row } = entry;
    const last = rows.at(-1);
    if (dayOf(at) !== day) {
      day = dayOf(at);
      rows.push({ kind: 'day', key: `day:${row.key}`, at });
    } else if (row.kind === 'group' && last?.kind === 'group' && last.name === row.name) {
      const before = last.bubbles.at(-1);
      if (before && Date.parse(at) - Date.parse(before.at) < GROUP_GAP_MS) {
        last.bubbles.push(...row.bubbles);
        continue;
      }
    }
    rows.push(row);
  }
  return rows;
}

/** The newest own bubble that is in the log: the one that wears the mark. */
export function lastSent(rows: readonly Row[]): string | null {
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (row?.kind !== 'group' || row.name !== null) continue;
    const sent = row.bubbles.findLast((b) => b.mark === 'sent' || b.mark === 'read');
    if (sent) return sent.key;
  }
  return null;
}
