import { staysStill } from '#lib/domain/conversation/index.ts';
import { refusal, withMarks } from './group-plan.ts';
import type { AppendItem, ConversationRecord } from './records.ts';
import type { Flows } from './store-flows.ts';
import type { KnownRow, KnownRows } from './store-versions.ts';

/** A conversation as we know it, and the messages and read marks it is to get. */
export interface PlainChange {
  row: KnownRow;
  items: AppendItem[];
}

/**
 * A message and nothing else, for which the flow has no transition where the conversation stands; or
 * a read mark.
 */
function isPlain(item: AppendItem, row: KnownRow, flows: Flows): boolean {
  const { record } = row;
  if (record.workspaceId !== item.ctx.workspaceId || item.ctx.actor.kind === 'system') return false;
  if (row.recent.includes(item.key.clientId)) return false;
  const fits = item.entries.length === 0 ? isMark(item) : isMessage(item, record, flows);
  return fits && refusal(item, record) === null;
}

const isMark = (item: AppendItem) => item.marks !== undefined && item.event === undefined;

function isMessage(item: AppendItem, record: ConversationRecord, flows: Flows): boolean {
  const { entries, event, marks } = item;
  const [entry, ...others] = entries;
  if (marks || others.length > 0 || entry?.kind !== 'message.sent' || !entry.public) return false;
  if (event?.type !== 'visitor.message' && event?.type !== 'agent.message') return false;
  const { text, ...more } = entry.data;
  // A lone surrogate would be written as another character; the whole way refuses it.
  if (typeof text !== 'string' || !text.isWellFormed() || Object.keys(more).length > 0)
    return false;
  const flow = flows.get(record.flowVersionId);
  return flow !== null && staysStill(flow, record, event);
}

/** Of a change of nothing but marks that stand there already nothing is written: the row is read. */
function writesSomething({ row, items }: PlainChange): boolean {
  const { record } = row;
  return items.some(({ marks }) => !marks || withMarks(record, marks) !== record);
}

/** Marks keep no key. */
const sameKey = (a: AppendItem, b: AppendItem) =>
  a.entries.length > 0 &&
  b.entries.length > 0 &&
  a.key.clientId === b.key.clientId &&
  a.key.source === b.key.source;

/**
 * Which conversations of a group need no look at the row before the write: everything they are to get
 * is plain, and we know the row. The row is not locked yet: what rests on it is checked by
 * its version when it is written.
 */
export function plainChanges(
  items: readonly AppendItem[],
  known: KnownRows,
  flows: Flows,
): PlainChange[] {
  const changes = new Map<string, PlainChange | null>();
  for (const item of items) {
    const { conversationId } = item;
    const change = changes.get(conversationId);
    if (change === null) continue;
    const row = change?.row ?? known.get(conversationId);
    if (!row?.alone || !isPlain(item, row, flows)) changes.set(conversationId, null);
    else if (!change) changes.set(conversationId, { row, items: [item] });
    else if (change.items.some((other) => sameKey(other, item))) changes.set(conversationId, null);
    else change.items.push(item);
  }
  return [...changes.values()].filter(
    (change): change is PlainChange => change !== null && writesSomething(change),
  );
}
