import type { ConversationRecord } from '#server/conversation/index.ts';
import { Inspection, type Rule } from '../rule.ts';
import type { Step, World } from '../world.ts';

const OWNED = new Set(['serving', 'transferring', 'wrapup']);
const ASKING = new Set(['offered', 'transferring']);

const holdsOf = ({ timers }: ConversationRecord) =>
  Object.values(timers).filter((timer) => timer.hold === true).length;

/** Everything that a conversation did, one event at a time. */
export function* everyStep({ replays }: World): Generator<Step> {
  for (const steps of replays.values()) yield* steps;
}

/** The rule of one invariant that a conversation must satisfy after each of its events. */
function always(
  name: string,
  about: string,
  wrong: (record: ConversationRecord) => boolean,
  concerns: (record: ConversationRecord) => boolean = () => true,
): Rule {
  return {
    name,
    about,
    check(world) {
      const seen = new Inspection();
      for (const { event, after } of everyStep(world)) {
        if (!concerns(after)) continue;
        const { conversationId, phase } = after;
        const where = () => `${conversationId} at seq ${event.seq}, ${phase}: not ${about}`;
        seen.expect(!wrong(after), where, event, after);
      }
      return seen;
    },
  };
}

export const oneOwner = always(
  'I1 one owner',
  'an owner exactly in serving, transferring and wrapup',
  ({ phase, ownerId }) => (ownerId !== null) !== OWNED.has(phase),
);

export const queuedIsFree = always(
  'I2 queued is free',
  'queued with a queue and an age, and without owner and offer',
  (row) =>
    row.ownerId !== null ||
    row.targetMemberId !== null ||
    row.queueId === null ||
    row.queuedAt === null ||
    holdsOf(row) > 0,
  ({ phase }) => phase === 'queued',
);

export const oneTarget = always(
  'I3 one target',
  'exactly one target, who is not the owner, and one live timer in offered and transferring only',
  (row) =>
    (row.targetMemberId !== null) !== ASKING.has(row.phase) ||
    holdsOf(row) !== (ASKING.has(row.phase) ? 1 : 0) ||
    (row.targetMemberId !== null && row.targetMemberId === row.ownerId),
);

interface After {
  phase: string;
  ownerId: string | null;
  targetMemberId: string | null;
  queueId: string | null;
}

/** What a transition says of itself is what it did. */
export const transitionsTellTruth: Rule = {
  name: 'transitions tell the truth',
  about: 'from, to and after of every transition are those of the fold, and state_rev counts them.',
  check(world) {
    const seen = new Inspection();
    for (const { event, before, after } of everyStep(world)) {
      if (event.kind !== 'conversation.transitioned' || !before) continue;
      const said = event.data.after as After;
      const true_ =
        event.data.from === before.state &&
        event.data.to === after.state &&
        after.stateRev === before.stateRev + 1 &&
        said.phase === after.phase &&
        said.ownerId === after.ownerId &&
        said.targetMemberId === after.targetMemberId &&
        said.queueId === after.queueId;
      const text = () => `${after.conversationId} at seq ${event.seq} is not what it says`;
      seen.expect(true_, text, event, before, after);
    }
    return seen;
  },
};

/** How a transfer ended: back with its owner, on with its target, or in the queue with its age. */
function transferWrong(trigger: string, before: ConversationRecord, after: ConversationRecord) {
  if (trigger === 'transfer.accepted' || trigger === 'offer.accepted') {
    return after.ownerId === before.targetMemberId ? null : 'did not go to who accepted';
  }
  const undone = /^(transfer\.(declined|cancelled)|offer\.declined|target\.lost|after:)/;
  if (undone.test(trigger)) {
    const same = after.ownerId === before.ownerId && after.phase === 'serving';
    return same ? null : 'did not stay with its owner';
  }
  if (trigger === 'owner.lost' && after.ownerId !== null) return 'stayed with a lost owner';
  return null;
}

/** I7: a transfer that fails changes nothing; waiting keeps its age. */
export const transfersKeep: Rule = {
  name: 'I7 transfers keep owner and age',
  about: 'A failed transfer leaves the owner, and queued_at never moves once it is set.',
  check(world) {
    const seen = new Inspection();
    for (const { event, before, after } of everyStep(world)) {
      if (!before || event.kind !== 'conversation.transitioned') continue;
      if (before.queuedAt !== null) {
        const kept = after.queuedAt === before.queuedAt;
        seen.expect(kept, () => `${after.conversationId} lost its age`, event, before, after);
      }
      if (before.phase !== 'transferring') continue;
      const wrong = transferWrong(String(event.data.trigger), before, after);
      const text = () => `the transfer of ${after.conversationId} ${wrong}`;
      seen.expect(wrong === null, text, event, before, after);
    }
    return seen;
  },
};

/** What may still be written when all is over. */
const AFTERWARDS = new Set([
  'note.added',
  'rating.given',
  'line.said',
  'contact.left',
  'contact.identified',
]);

/** I10: closed is final, and writing again opens a new one that knows the old. */
export const closedIsFinal: Rule = {
  name: 'I10 closed is final',
  about: 'Nothing is said or moved in a closed conversation; the next one of the person names it.',
  check(world) {
    const seen = new Inspection();
    for (const { event, before, after } of everyStep(world)) {
      if ((after.closedAt !== null) !== (after.phase === 'closed')) {
        seen.expect(false, () => `${after.conversationId}: phase and closed_at differ`, after);
      }
      if (before?.phase !== 'closed') continue;
      const allowed = AFTERWARDS.has(event.kind) && after.phase === 'closed';
      const text = () => `${after.conversationId} was closed and has a ${event.kind} behind it`;
      seen.expect(allowed, text, event);
    }
    for (const row of world.facts.rows.values()) {
      if (row.previousId === null) continue;
      const previous = world.facts.rows.get(row.previousId);
      const linked = previous?.contactId === row.contactId && previous.phase === 'closed';
      const text = () => `${row.conversationId} follows one that is not a closed one of its person`;
      seen.expect(linked, text, row, previous);
    }
    return seen;
  },
};

/** One open conversation of a person in a channel, and somebody who will see what is said there (I8). */
export const somebodyWillSee: Rule = {
  name: 'I8 somebody will see',
  about:
    'Every open conversation has an owner or target who exists, or a queue, and is the only one.',
  check({ facts }) {
    const seen = new Inspection();
    const members = new Set(facts.members.filter((one) => !one.removed).map((one) => one.memberId));
    const open = new Map<string, string>();
    for (const row of facts.rows.values()) {
      if (row.phase === 'closed') continue;
      const holder = row.ownerId ?? row.targetMemberId;
      const watched = holder === null ? row.queueId !== null : members.has(holder);
      seen.expect(watched, () => `nobody will see ${row.conversationId} (${row.phase})`, row);
      const place = `${row.contactId} ${row.channelId}`;
      const other = open.get(place);
      const text = () => `${other} and ${row.conversationId} are open for one person`;
      seen.expect(other === undefined, text, row);
      open.set(place, row.conversationId);
    }
    return seen;
  },
};
