import type { ConversationRecord } from '#server/conversation/index.ts';
import type { LoggedEvent, MemberFact } from '../facts.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { World } from '../world.ts';
import { everyStep } from './holding.ts';

/** What a conversation weighs on whom. */
function weights(row: ConversationRecord | null): Map<string, number> {
  const held = new Map<string, number>();
  if (row?.ownerId) held.set(row.ownerId, row.weight);
  if (row?.targetMemberId) held.set(row.targetMemberId, row.weight);
  return held;
}

/** I4: the load is a recount away. */
export const loadsRecounted: Rule = {
  name: 'I4 load is its sum',
  about: 'The load of every member is the sum of weights of what they own and are offered.',
  check({ facts }) {
    const seen = new Inspection();
    const sums = new Map<string, number>();
    for (const row of facts.rows.values()) {
      for (const [memberId, weight] of weights(row)) {
        sums.set(memberId, (sums.get(memberId) ?? 0) + weight);
      }
    }
    for (const member of facts.members) {
      const sum = sums.get(member.memberId) ?? 0;
      const text = () => `load of ${member.memberId} is ${member.load}, its sum ${sum}`;
      seen.expect((member.load ?? 0) === sum, text, member);
    }
    return seen;
  },
};

interface Change {
  event: LoggedEvent;
  delta: number;
  /** When it was surely done at the latest: of its commit, or some time after its clock. */
  until: number;
  override: boolean;
}

function changesOf(world: World): Map<string, Change[]> {
  const changes = new Map<string, Change[]>();
  for (const { event, before, after } of everyStep(world)) {
    if (event.kind !== 'conversation.transitioned' && before !== null) continue;
    const was = weights(before);
    const is = weights(after);
    const about = event.data.about as { override?: boolean } | undefined;
    for (const memberId of new Set([...was.keys(), ...is.keys()])) {
      const delta = (is.get(memberId) ?? 0) - (was.get(memberId) ?? 0);
      if (delta === 0) continue;
      const until = event.committedAt ?? event.at + world.limits.commitMs;
      const change = { event, delta, until, override: about?.override === true };
      const own = changes.get(memberId);
      if (own) own.push(change);
      else changes.set(memberId, [change]);
    }
  }
  return changes;
}

/** The most that a member's capacity was in the run. */
function capacityOf({ facts }: World, member: MemberFact): number {
  const said = facts.memberChanges.flatMap((change) =>
    change.memberId === member.memberId && change.kind === 'member.capacity_changed'
      ? [Number(change.from), Number(change.to)]
      : [],
  );
  return Math.max(member.capacity, ...said.filter(Number.isFinite));
}

/** What was given back until then, negative. */
function givenBack(changes: readonly Change[], until: number): number {
  return changes
    .filter(({ delta, event }) => delta < 0 && event.at <= until)
    .reduce((sum, { delta }) => sum + delta, 0);
}

/**
 * I4 over time. With commit times the order of a member's changes is known, since each is made under
 * their row's lock; without, what was given back by a transaction that ran at the same time may have
 * come first and counts as such.
 */
export const withinCapacity: Rule = {
  name: 'I4 within capacity',
  about: 'No member ever held more than their capacity, but for a supervisor’s override.',
  check(world) {
    const seen = new Inspection();
    const changes = changesOf(world);
    for (const member of world.facts.members) {
      const own = changes.get(member.memberId) ?? [];
      const exact = own.every(({ event }) => event.committedAt !== null);
      const begins = ({ event, until }: Change) => (exact ? until : event.at);
      const ordered = [...own].sort((a, b) => begins(a) - begins(b) || a.delta - b.delta);
      const capacity = capacityOf(world, member);
      let load = 0;
      let overridden = 0;
      for (const [index, change] of ordered.entries()) {
        load += change.delta;
        if (change.delta > 0 && change.override) overridden += change.delta;
        if (load <= capacity) overridden = 0;
        if (change.delta < 0 || change.override) continue;
        const perhapsBefore = exact ? 0 : givenBack(ordered.slice(index + 1), change.until);
        const text = () => `${member.memberId} held ${load} of ${capacity}`;
        seen.expect(load + perhapsBefore - overridden <= capacity, text, change.event, member);
      }
    }
    return seen;
  },
};
