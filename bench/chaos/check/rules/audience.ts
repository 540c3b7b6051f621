import { presentMemberEvent, presentVisitorEvent } from '#server/conversation/presenters/index.ts';
import type { LoggedEvent } from '../facts.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { Person, World } from '../world.ts';

const NOBODY: ReadonlyMap<string, string> = new Map();

/** An event as its audience may see it, as far as histories tell. */
export function shownAs(
  role: Person['role'],
  event: LoggedEvent,
): { event: string; text: string | null; key: string | null } {
  const wire = role === 'visitor' ? presentVisitorEvent(event, NOBODY) : presentMemberEvent(event);
  if (!wire) return { event: 'nothing', text: null, key: null };
  return {
    event: wire.kind,
    text: 'text' in wire ? wire.text : null,
    key: 'clientKey' in wire ? (wire.clientKey ?? null) : null,
  };
}

const FOR_VISITORS = new Set(['message', 'line', 'stage', 'rating', 'contact', 'unknown']);

function belongsTo({ facts }: World, visitorId: string, conversationId: string): boolean {
  const visitor = facts.visitors.get(visitorId);
  const row = facts.rows.get(conversationId);
  if (!visitor || !row) return false;
  return row.visitorId === visitorId || row.contactId === visitor.contactId;
}

/** Texts that only members may read. */
function secretsOf({ facts }: World): Set<string> {
  const secrets = new Set<string>();
  for (const log of facts.logs.values()) {
    for (const { kind, data } of log) {
      if (kind === 'note.added' && typeof data.text === 'string') secrets.add(data.text);
    }
  }
  return secrets;
}

/** I12: what a visitor may see holds no notes, no other visitors, no internal fields. */
export const visitorsSeeTheirs: Rule = {
  name: 'I12 nothing internal',
  about: 'Visitors were shown their own conversations only, and nothing that is for members.',
  check(world) {
    const seen = new Inspection();
    const secrets = secretsOf(world);
    for (const { client, role, personId, records } of world.persons) {
      if (role !== 'visitor') continue;
      for (const record of records) {
        if (record.kind !== 'shown') continue;
        const fit =
          FOR_VISITORS.has(record.event) && !(record.text !== null && secrets.has(record.text));
        seen.expect(fit, () => `${client} was shown what is for members`, record);
        if (personId === null) continue;
        seen.expect(
          belongsTo(world, personId, record.conversationId),
          () => `${client} was shown somebody else's conversation`,
          record,
        );
      }
    }
    return seen;
  },
};

/** I11: no row of one workspace names what belongs to another. */
export const oneWorkspace: Rule = {
  name: 'I11 one workspace',
  about: 'Events, timers, owners and visitors of a conversation are of its workspace.',
  check({ facts }) {
    const seen = new Inspection();
    const memberOf = new Map(facts.members.map((one) => [one.memberId, one.workspaceId]));
    for (const [id, row] of facts.rows) {
      const { workspaceId } = row;
      const strangers = [
        ...(facts.logs.get(id) ?? []).filter((event) => event.workspaceId !== workspaceId),
        ...facts.timers.filter((t) => t.conversationId === id && t.workspaceId !== workspaceId),
      ];
      const people = [row.ownerId, row.targetMemberId].filter((one) => one !== null);
      const foreign = people.filter((memberId) => memberOf.get(memberId) !== workspaceId);
      const visitor = facts.visitors.get(row.visitorId);
      seen.expect(
        strangers.length === 0 && foreign.length === 0 && visitor?.workspaceId === workspaceId,
        () => `conversation ${id} holds what is another workspace's`,
        row,
        ...strangers,
        ...foreign,
      );
    }
    return seen;
  },
};
