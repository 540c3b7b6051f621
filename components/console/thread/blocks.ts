import type { MemberEventWire } from '#lib/protocol/member.ts';
import type { MemberItem, PendingItem } from '#lib/sdk/api.ts';
import { dayOf } from '../time/calendar.ts';

type Of<K extends MemberEventWire['kind']> = Extract<MemberEventWire, { kind: K }>;
export type QuietEvent = Of<'transition' | 'line' | 'rating' | 'contact' | 'opened'>;

/** Who wrote: the visitor, or a member by id. */
export type Author = { kind: 'visitor' } | { kind: 'member'; memberId: string | null };

export interface SpeechBlock {
  kind: 'message' | 'note';
  key: string;
  author: Author;
  text: string;
  /** ms since the epoch */
  at: number;
  /** null: not in the log yet. */
  seq: number | null;
  pending: PendingItem | null;
  /** First and last of an uninterrupted run of the same author within five minutes. */
  first: boolean;
  last: boolean;
}

export type Block =
  | { kind: 'day'; key: string; at: number }
  /** Everything below came after the last visit. */
  | { kind: 'fresh'; key: string }
  | { kind: 'quiet'; key: string; at: number; event: QuietEvent; previous: Of<'transition'> | null }
  | SpeechBlock;

/** Pauses longer than this start a new run, with name and time again. */
const RUN_MS = 5 * 60_000;

function speechOf(item: MemberItem, me: string): Omit<SpeechBlock, 'first' | 'last'> | null {
  if (item.kind === 'pending') {
    return {
      kind: item.of,
      key: item.key,
      author: { kind: 'member', memberId: me },
      text: item.text,
      at: Date.parse(item.at),
      seq: null,
      pending: item,
    };
  }
  const { event } = item;
  if (event.kind !== 'message' && event.kind !== 'note') return null;
  return {
    kind: event.kind,
    key: item.key,
    author:
      event.actor.kind === 'visitor'
        ? { kind: 'visitor' }
        : { kind: 'member', memberId: event.actor.id },
    text: event.text,
    at: Date.parse(event.at),
    seq: event.seq,
    pending: null,
  };
}

function sameRun(a: SpeechBlock, b: Omit<SpeechBlock, 'first' | 'last'>): boolean {
  if (a.kind !== b.kind || a.author.kind !== b.author.kind || b.at - a.at > RUN_MS) return false;
  if (a.author.kind === 'visitor' || b.author.kind === 'visitor') return true;
  return a.author.memberId === b.author.memberId;
}

/**
 * A conversation as it is read: days, runs of speech, quiet lines between.
 * @param items events by seq, then what is pending
 * @param me the reading member
 * @param readSeq what was read when the conversation was opened; null draws no line
 */
export function blocksOf(
  items: readonly MemberItem[],
  me: string,
  readSeq: number | null,
): Block[] {
  const blocks: Block[] = [];
  let day = 0;
  let run: SpeechBlock | null = null;
  let previous: Of<'transition'> | null = null;
  let fresh = readSeq === null;

  const startDay = (at: number, key: string) => {
    const its = dayOf(at);
    if (its === day) return;
    day = its;
    run = null;
    blocks.push({ kind: 'day', key: `day:${key}`, at });
  };

  for (const item of items) {
    const speech = speechOf(item, me);
    if (speech) {
      startDay(speech.at, speech.key);
      const unread =
        speech.author.kind === 'visitor' && speech.seq !== null && speech.seq > (readSeq ?? 0);
      if (!fresh && unread) {
        fresh = true;
        run = null;
        blocks.push({ kind: 'fresh', key: 'fresh' });
      }
      const continues: boolean = run !== null && sameRun(run, speech);
      if (continues && run) run.last = false;
      run = { ...speech, first: !continues, last: true };
      blocks.push(run);
      continue;
    }
    if (item.kind !== 'event') continue;
    const { event } = item;
    if (event.kind === 'message' || event.kind === 'note' || event.kind === 'unknown') continue;
    const at = Date.parse(event.at);
    startDay(at, item.key);
    run = null;
    blocks.push({ kind: 'quiet', key: item.key, at, event, previous });
    if (event.kind === 'transition') previous = event;
  }
  return blocks;
}

/** Key of the last own message the visitor has read; null: none. */
export function lastReadKey(blocks: readonly Block[], visitorReadSeq: number): string | null {
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i];
    if (block?.kind !== 'message' || block.author.kind !== 'member' || block.seq === null) continue;
    if (block.seq <= visitorReadSeq) return block.key;
  }
  return null;
}
