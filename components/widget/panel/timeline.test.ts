import { describe, expect, it } from 'vitest';
import type { VisitorItem } from '#lib/sdk/api.ts';
import { lastSent, timeline } from './timeline.ts';

let seq = 0;
const at = (minute: number, day = 21) => new Date(2026, 10, day, 10, minute).toISOString();

function said(who: string | null, text: string, when: string): VisitorItem {
  seq += 1;
  const author =
    who === null ? { kind: 'visitor' as const } : { kind: 'agent' as const, name: who };
  return {
    kind: 'event',
    key: `e${seq}`,
    event: { kind: 'message', seq, at: when, author, text },
  };
}

const pending = (text: string, status: 'waiting' | 'sending' | 'failed'): VisitorItem => ({
  kind: 'pending',
  key: text,
  of: 'message',
  clientKey: text,
  text,
  at: at(3),
  status,
  code: status === 'failed' ? 'text_too_long' : null,
});

const serving = (name: string, when: string): VisitorItem => {
  seq += 1;
  return {
    kind: 'event',
    key: `e${seq}`,
    event: { kind: 'stage', seq, at: when, stage: 'serving', agent: { name } },
  };
};

const shape = (items: VisitorItem[]) =>
  timeline(items, { agentReadSeq: 0 }).map((row) =>
    row.kind === 'group'
      ? `${row.name ?? 'me'}:${row.bubbles.map((b) => b.text).join('+')}`
      : row.kind,
  );

describe('timeline', () => {
  it('groups what one author says within five minutes', () => {
    const items = [
      said(null, 'a', at(0)),
      said(null, 'b', at(1)),
      said('Ada', 'c', at(2)),
      said('Ada', 'd', at(8)),
      said(null, 'e', at(9)),
    ];
    expect(shape(items)).toEqual(['day', 'me:a+b', 'Ada:c', 'Ada:d', 'me:e']);
  });

  it('keeps two agents apart', () => {
    expect(shape([said('Ada', 'a', at(0)), said('Grace', 'b', at(0))])).toEqual([
      'day',
      'Ada:a',
      'Grace:b',
    ]);
  });

  it('separates days, also within a group', () => {
    expect(shape([said(null, 'a', at(0, 20)), said(null, 'b', at(0, 21))])).toEqual([
      'day',
      'me:a',
      'day',
      'me:b',
    ]);
  });

  it('puts what is pending behind the log, in the same group', () => {
    const items = [said(null, 'a', at(2)), pending('b', 'sending'), pending('c', 'failed')];
    const rows = timeline(items, { agentReadSeq: 0 });
    expect(shape(items)).toEqual(['day', 'me:a+b+c']);
    expect(rows.flatMap((r) => (r.kind === 'group' ? r.bubbles.map((b) => b.mark) : []))).toEqual([
      'sent',
      'sending',
      'failed',
    ]);
  });

  it('marks own messages read up to what an agent has read (D6)', () => {
    const first = said(null, 'a', at(1));
    const second = said(null, 'b', at(1));
    const rows = timeline([first, second], {
      agentReadSeq: first.kind === 'event' ? first.event.seq : 0,
    });
    expect(rows.flatMap((r) => (r.kind === 'group' ? r.bubbles.map((b) => b.mark) : []))).toEqual([
      'read',
      'sent',
    ]);
    expect(lastSent(rows)).toBe(second.key);
  });

  it('says that an agent joined once, and again when another takes over', () => {
    const items = [serving('Ada', at(0)), serving('Ada', at(1)), serving('Grace', at(2))];
    expect(shape(items)).toEqual(['day', 'joined', 'joined']);
  });

  it('shows nothing for unknown events, offers of a rating and stages without an agent', () => {
    const base = { at: at(0) };
    const items: VisitorItem[] = [
      { kind: 'event', key: 'x', event: { ...base, kind: 'unknown', seq: 1 } },
      { kind: 'event', key: 'y', event: { ...base, kind: 'line', seq: 2, line: 'rate_us' } },
      {
        kind: 'event',
        key: 'z',
        event: { ...base, kind: 'stage', seq: 3, stage: 'ended', agent: null },
      },
    ];
    expect(shape(items)).toEqual([]);
  });
});
