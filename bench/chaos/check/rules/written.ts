import type { Acked, Asked } from '../../history.ts';
import type { LoggedEvent } from '../facts.ts';
import { Inspection, type Rule } from '../rule.ts';
import { isOwnKey, type Person, type World } from '../world.ts';

const sourceOf = ({ role, personId }: Person) => `${role === 'visitor' ? 'v' : 'm'}:${personId}`;

const textOf = (event: LoggedEvent): string | null =>
  typeof event.data.text === 'string' ? event.data.text : null;

/** Where its own audience counts it; null: not for visitors. */
export const seqFor = (role: Person['role'], event: LoggedEvent): number | null =>
  role === 'visitor' ? event.publicSeq : event.seq;

function wrongPlace(person: Person, acked: Acked, event: LoggedEvent): string | null {
  if (person.personId !== null && event.source !== sourceOf(person)) {
    return `stands under ${event.source}, not ${sourceOf(person)}`;
  }
  if (acked.conversationId !== null && event.conversationId !== acked.conversationId) {
    return `stands in conversation ${event.conversationId}`;
  }
  const seq = seqFor(person.role, event);
  // A visitor's action that visitors are not shown is answered with the head there was.
  if (acked.seq !== null && seq !== null && seq !== acked.seq) return `stands at seq ${seq}`;
  return null;
}

/** D1, Law 2: an answer means that it is stored, once, where the answer said. */
export const ackedOnce: Rule = {
  name: 'D1 acknowledged once',
  about: 'Every acknowledged write is in the log exactly once, under its key and its seq.',
  check({ persons, byKey, asked }) {
    const seen = new Inspection();
    for (const person of persons) {
      for (const acked of person.records) {
        if (acked.kind !== 'acked' || acked.key === null) continue;
        const { key } = acked;
        const stored = byKey.get(key) ?? [];
        const [event] = stored;
        const count = stored.length;
        seen.expect(
          count === 1,
          () => `${acked.command} ${key} was acknowledged and is in the log ${count} times`,
          acked,
          ...stored,
        );
        if (!event) continue;
        const wrong = wrongPlace(person, acked, event);
        seen.expect(wrong === null, () => `acknowledged ${key} ${wrong}`, acked, event);
        const text = asked.get(key)?.text ?? null;
        const kept = text === null || textOf(event) === text;
        seen.expect(kept, () => `acknowledged ${key} has another text`, acked, event);
      }
    }
    return seen;
  },
};

const KIND_OF: Readonly<Record<string, string>> = {
  'message.send': 'message.sent',
  'note.add': 'note.added',
  'contact.leave': 'contact.left',
  'conversation.rate': 'rating.given',
};

function notAsked(event: LoggedEvent, asked: Asked | undefined): string | null {
  if (!asked) return 'that nobody asked for';
  const kind = KIND_OF[asked.command] ?? 'conversation.transitioned';
  if (event.kind !== kind) return `where ${asked.command} was asked`;
  if (asked.text !== null && asked.text !== textOf(event)) return 'with another text than asked';
  return null;
}

/** P1: nothing is written but what somebody asked for, and not twice. */
export const askedOnly: Rule = {
  name: 'P1 asked for',
  about: 'Every entry of a visitor or member was asked for by one of them, and is there once.',
  check({ facts, asked, byKey }) {
    const seen = new Inspection();
    for (const log of facts.logs.values()) {
      for (const event of log) {
        if (!/^[vm]:/.test(event.source) || !isOwnKey(event.clientId)) continue;
        const wrong = notAsked(event, asked.get(event.clientId));
        seen.expect(wrong === null, () => `the log has a ${event.kind} ${wrong}`, event);
        const twins = byKey.get(event.clientId) ?? [];
        seen.expect(
          twins[0] === event,
          () => `key ${event.clientId} was written ${twins.length} times`,
          ...twins,
        );
      }
    }
    return seen;
  },
};

/**
 * Keys of actions tried once and refused for good. A connection played again later is a further
 * attempt, and may find what the first one did not.
 */
function* refusedForGood({ persons, histories }: World) {
  const replayed = (at: number) =>
    histories.nemesis.some(
      (one) => one.kind === 'fault' && one.fault === 'duplicate' && one.until >= at,
    );
  for (const { records } of persons) {
    const attempts = new Map<string, number>();
    for (const record of records) {
      if (record.kind === 'asked' && record.key !== null) {
        attempts.set(record.key, (attempts.get(record.key) ?? 0) + 1);
      }
    }
    for (const record of records) {
      if (record.kind !== 'refused' || record.key === null || record.retry) continue;
      if (replayed(record.at)) continue;
      if (attempts.get(record.key) === 1) yield { record, key: record.key };
    }
  }
}

export const refusedNever: Rule = {
  name: 'refused is not done',
  about: 'What was tried once and refused for good is not in the log.',
  check(world) {
    const seen = new Inspection();
    for (const { record, key } of refusedForGood(world)) {
      // What a closed conversation refused goes to the next one under the same key.
      const stored = (world.byKey.get(key) ?? []).filter(
        (event) => event.conversationId === record.conversationId,
      );
      seen.expect(
        stored.length === 0,
        () => `${record.command} ${key} was refused (${record.code}) and is in the log`,
        record,
        ...stored,
      );
    }
    return seen;
  },
};
