import { describe, expect, it } from 'vitest';
import type { MemberEventWire } from '#lib/protocol/member.ts';
import type { MemberItem } from '#lib/sdk/api.ts';
import { blocksOf, lastReadKey } from './blocks.ts';

const ME = 'm1';
const T0 = new Date(2026, 10, 21, 10, 0, 0).getTime();
const iso = (ms: number) => new Date(ms).toISOString();
const visitor = { kind: 'visitor', id: 'v1' } as const;
const member = (id: string) => ({ kind: 'member', id }) as const;

function item(event: MemberEventWire): MemberItem {
  return { kind: 'event', key: `e${event.seq}`, event };
}

function said(
  seq: number,
  actor: MemberEventWire['actor'],
  ms: number,
  kind: 'message' | 'note' = 'message',
) {
  const base = { seq, at: iso(T0 + ms), actor, text: `t${seq}` };
  return item(kind === 'message' ? { ...base, kind, publicSeq: seq } : { ...base, kind });
}

const shape = (items: MemberItem[], readSeq: number | null = null) =>
  blocksOf(items, ME, readSeq).map((b) =>
    b.kind === 'message' || b.kind === 'note'
      ? `${b.kind}${b.first ? ' first' : ''}${b.last ? ' last' : ''}`
      : b.kind,
  );

describe('blocks of a conversation', () => {
  it('run together within five minutes, apart after them', () => {
    expect(
      shape([said(1, visitor, 0), said(2, visitor, 60_000), said(3, visitor, 6.1 * 60_000)]),
    ).toEqual(['day', 'message first', 'message last', 'message first last']);
  });

  it('a note never runs with a message, nor two members with each other', () => {
    expect(
      shape([said(1, member('m1'), 0), said(2, member('m1'), 1, 'note'), said(3, member('m2'), 2)]),
    ).toEqual(['day', 'message first last', 'note first last', 'message first last']);
  });

  it('a quiet line ends a run; an unknown event leaves no trace', () => {
    const rating = item({ seq: 2, at: iso(T0), actor: visitor, kind: 'rating', score: 5 });
    const unknown = item({ seq: 4, at: iso(T0), actor: visitor, kind: 'unknown', name: 'x' });
    expect(
      shape([said(1, visitor, 0), rating, said(3, visitor, 1), unknown, said(5, visitor, 2)]),
    ).toEqual(['day', 'message first last', 'quiet', 'message first', 'message last']);
  });

  it('each local day has its separator', () => {
    expect(shape([said(1, visitor, 0), said(2, visitor, 24 * 3600_000)])).toEqual([
      'day',
      'message first last',
      'day',
      'message first last',
    ]);
  });

  it('the line of the last visit stands once, before the first unread message of the visitor', () => {
    const items = [
      said(1, visitor, 0),
      said(2, member('m1'), 1),
      said(3, visitor, 2),
      said(4, visitor, 3),
    ];
    expect(shape(items, 1)).toEqual([
      'day',
      'message first last',
      'message first last',
      'fresh',
      'message first',
      'message last',
    ]);
    expect(shape(items, 4)).not.toContain('fresh');
  });

  it('pending items are mine and keep their key', () => {
    const blocks = blocksOf(
      [
        said(1, member(ME), 0),
        {
          kind: 'pending',
          key: 'k2',
          of: 'message',
          clientKey: 'c',
          text: 'x',
          at: iso(T0 + 1),
          status: 'sending',
          code: null,
        },
      ],
      ME,
      null,
    );
    expect(blocks.at(-1)).toMatchObject({ key: 'k2', seq: null, first: false, last: true });
  });

  it('a transition knows the one before it', () => {
    const transition = (seq: number, to: string) =>
      item({
        seq,
        at: iso(T0),
        actor: { kind: 'system', id: null },
        kind: 'transition',
        from: 'a',
        to,
        phase: 'queued',
        trigger: 'x',
        ownerId: null,
        targetMemberId: null,
        queueId: null,
      });
    const quiet = blocksOf([transition(1, 'b'), transition(2, 'c')], ME, null).filter(
      (b) => b.kind === 'quiet',
    );
    expect(quiet.map((b) => b.previous?.to ?? null)).toEqual([null, 'b']);
  });
});

describe('read mark', () => {
  it('stands under the newest own message at or below the visitor’s mark', () => {
    const blocks = blocksOf(
      [
        said(1, member(ME), 0),
        said(2, visitor, 1),
        said(3, member(ME), 2),
        said(4, member(ME), 3, 'note'),
      ],
      ME,
      null,
    );
    expect(lastReadKey(blocks, 0)).toBeNull();
    expect(lastReadKey(blocks, 2)).toBe('e1');
    expect(lastReadKey(blocks, 9)).toBe('e3');
  });
});
