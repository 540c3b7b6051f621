import type { Shown } from '../../history.ts';
import type { LoggedEvent } from '../facts.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { Person } from '../world.ts';
import { shownAs } from './audience.ts';
import { seqFor } from './written.ts';

/** What one page showed of one conversation, in the order of showing. */
function* pagesOf(person: Person): Generator<{ conversationId: string; shown: Shown[] }> {
  const pages = new Map<string, Shown[]>();
  for (const record of person.records) {
    if (record.kind !== 'shown') continue;
    const page = `${record.life} ${record.conversationId}`;
    const shown = pages.get(page);
    if (shown) shown.push(record);
    else pages.set(page, [record]);
  }
  for (const shown of pages.values()) {
    const conversationId = shown[0]?.conversationId ?? '';
    yield { conversationId, shown };
  }
}

function bySeq(role: Person['role'], log: readonly LoggedEvent[]): Map<number, LoggedEvent> {
  const events = new Map<number, LoggedEvent>();
  for (const event of log) {
    const seq = seqFor(role, event);
    if (seq !== null) events.set(seq, event);
  }
  return events;
}

function difference(shown: Shown, event: LoggedEvent | undefined, role: Person['role']) {
  if (!event) return 'which the log does not have for them';
  const wire = shownAs(role, event);
  if (shown.event !== wire.event) return `as ${shown.event}, which is a ${wire.event}`;
  if (shown.text !== null && shown.text !== wire.text) return 'with another text';
  if (shown.key !== null && wire.key !== null && shown.key !== wire.key) return 'under another key';
  return null;
}

/** I8, D2, D3: one order for everybody, and it is the log's. */
export const sameOrder: Rule = {
  name: 'D2 same order for all',
  about:
    'What anybody was shown is what the log has at that seq, in its order, without gap or repeat.',
  check({ persons, facts }) {
    const seen = new Inspection();
    const indexes = new Map<string, Map<number, LoggedEvent>>();
    const indexOf = (role: Person['role'], conversationId: string) => {
      const name = `${role} ${conversationId}`;
      const index = indexes.get(name) ?? bySeq(role, facts.logs.get(conversationId) ?? []);
      indexes.set(name, index);
      return index;
    };
    for (const person of persons) {
      for (const { conversationId, shown } of pagesOf(person)) {
        const index = indexOf(person.role, conversationId);
        let last: Shown | undefined;
        for (const one of shown) {
          const wrong = difference(one, index.get(one.seq), person.role);
          seen.expect(
            wrong === null,
            () => `${person.client} was shown seq ${one.seq} ${wrong}`,
            one,
            index.get(one.seq) ?? null,
          );
          const before = last;
          seen.expect(
            !before || one.seq === before.seq + 1,
            () => `${person.client} was shown seq ${one.seq} after ${before?.seq}`,
            before,
            one,
          );
          last = one;
        }
      }
    }
    return seen;
  },
};

const SPOKEN = new Set(['message.send', 'note.add']);

/** What one client says one after the other stands in the order in which it said it. */
export const ownOrder: Rule = {
  name: 'own order',
  about: 'What a client sent after the answer to its last message stands behind that message.',
  check({ persons, byKey }) {
    const seen = new Inspection();
    for (const { client, records } of persons) {
      /** Newest seq known to be stored, by conversation. */
      const newest = new Map<string, number>();
      const floors = new Map<string, Map<string, number>>();
      for (const record of records) {
        if (record.kind === 'asked' && record.key !== null && SPOKEN.has(record.command)) {
          if (!floors.has(record.key)) floors.set(record.key, new Map(newest));
        }
        if (record.kind !== 'acked' || record.key === null) continue;
        const event = byKey.get(record.key)?.[0];
        if (!event || !SPOKEN.has(record.command)) continue;
        const floor = floors.get(record.key)?.get(event.conversationId) ?? 0;
        seen.expect(
          event.seq > floor,
          () => `${client} sent ${record.key} after what stands at ${floor}; it is at ${event.seq}`,
          record,
          event,
        );
        const known = newest.get(event.conversationId) ?? 0;
        newest.set(event.conversationId, Math.max(known, event.seq));
      }
    }
    return seen;
  },
};
