import type { Facts, MemberChange } from '../facts.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { World } from '../world.ts';
import { everyStep } from './holding.ts';

interface Span {
  from: number;
  until: number;
}

/** When `kind` of a member was `value`, by the log of members. Before its first entry: unknown, so yes. */
function spans(changes: readonly MemberChange[], kind: string, value: unknown): Span[] {
  const own = changes.filter((change) => change.kind === kind);
  const found: Span[] = [];
  let from: number | null = own.length === 0 || own[0]?.from === value ? 0 : null;
  for (const { at, to } of own) {
    if (to === value) from ??= at;
    else if (from !== null) {
      found.push({ from, until: at });
      from = null;
    }
  }
  if (from !== null) found.push({ from, until: Number.POSITIVE_INFINITY });
  return found;
}

function changesByMember({ memberChanges }: Facts): Map<string, MemberChange[]> {
  const byMember = new Map<string, MemberChange[]>();
  for (const change of memberChanges) {
    byMember.set(change.memberId, [...(byMember.get(change.memberId) ?? []), change]);
  }
  return byMember;
}

const touches = (list: readonly Span[], span: Span) =>
  list.some((one) => one.from <= span.until && one.until >= span.from);

/** To whom an event gave a live conversation without their asking. */
function given(world: World) {
  const found: { memberId: string; span: Span; evidence: unknown }[] = [];
  for (const { event, before, after } of everyStep(world)) {
    if (event.kind !== 'conversation.transitioned' || !after.live) continue;
    const until = event.committedAt ?? event.at + world.limits.commitMs;
    for (const memberId of [after.ownerId, after.targetMemberId]) {
      if (memberId === null || memberId === event.actorId) continue;
      if (memberId === before?.ownerId || memberId === before?.targetMemberId) continue;
      found.push({ memberId, span: { from: event.at, until }, evidence: event });
    }
  }
  return found;
}

/** I9: in a live state nobody absent is given a conversation … */
export const givenToPresent: Rule = {
  name: 'I9 given to who is there',
  about: 'A live conversation was given only to who was available and present at that time.',
  check(world) {
    const seen = new Inspection();
    const byMember = changesByMember(world.facts);
    for (const { memberId, span, evidence } of given(world)) {
      const changes = byMember.get(memberId) ?? [];
      const there =
        touches(spans(changes, 'member.presence_changed', true), span) &&
        touches(spans(changes, 'member.availability_changed', 'available'), span);
      const near = changes.filter(({ at }) => Math.abs(at - span.from) < 30_000);
      seen.expect(there, () => `${memberId} was not there to be given it`, evidence, ...near);
    }
    return seen;
  },
};

/** … or keeps one past the grace. */
export const notKeptByAbsent: Rule = {
  name: 'I9 not kept past the grace',
  about:
    'No live conversation is owned by, or offered to, a member absent for longer than the grace.',
  check({ facts, limits }) {
    const seen = new Inspection();
    for (const member of facts.members) {
      const held = [...facts.rows.values()].filter(
        ({ live, ownerId, targetMemberId }) =>
          live && (ownerId === member.memberId || targetMemberId === member.memberId),
      );
      const since = member.present ? facts.now : (member.absentSince ?? 0);
      const gone = facts.now - since > limits.ownerGraceMs;
      const text = () => `${member.memberId} is absent and keeps ${held.length} conversations`;
      seen.expect(!gone || held.length === 0, text, member, ...held);
    }
    return seen;
  },
};

/** What dead nodes left behind is cleared away. */
export const presenceSettled: Rule = {
  name: 'presence is settled',
  about: 'present says whether a presence lease lives, and none of a dead node is left.',
  check({ facts, limits }) {
    const seen = new Inspection();
    for (const member of facts.members) {
      const text = () => `${member.memberId} is ${member.present ? '' : 'not '}present`;
      seen.expect(member.present === member.connected, text, member);
    }
    for (const connection of facts.connections) {
      const ended = facts.now - connection.expiresAt;
      const text = () => `a presence lease that ended ${Math.round(ended)} ms ago is left`;
      seen.expect(ended <= limits.leftoverMs, text, connection);
    }
    return seen;
  },
};

/** Law 7: work is held by who lives. A node's own row is kept an hour, and only counts nodes. */
export const leasesHeld: Rule = {
  name: 'leases are held',
  about: 'Every lease of work is held by a node that lives.',
  check({ facts, limits }) {
    const seen = new Inspection();
    const living = new Set(
      facts.leases
        // Nodes that stand still while this is read do not renew.
        .filter(({ name }) => name.startsWith('node:'))
        .filter(({ expiresAt }) => expiresAt > facts.now - limits.leftoverMs)
        .map(({ holder }) => holder),
    );
    for (const lease of facts.leases) {
      if (lease.name.startsWith('node:')) continue;
      const held = living.has(lease.holder) && lease.expiresAt > facts.now - limits.leftoverMs;
      seen.expect(held, () => `nobody alive holds ${lease.name}`, lease);
    }
    return seen;
  },
};
