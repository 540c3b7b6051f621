import { expect, test } from 'vitest';
import type { ClientRecord } from '../history.ts';
import { checkFacts } from './index.ts';
import { RULES } from './rules/index.ts';
import { ADA, BEN, type Told, tellSoundStory, WORKSPACE } from './test/story.ts';

type Story = ReturnType<typeof tellSoundStory>;

const logOf = ({ facts }: Told, id: string) => facts.logs.get(id) ?? [];
function rowOf({ facts }: Told, id: string) {
  const row = facts.rows.get(id);
  if (!row) throw new Error('no such row');
  return row;
}
/** The event of a kind, the last one first. */
function eventOf(told: Told, id: string, kind: string, trigger?: string) {
  const found = logOf(told, id).findLast(
    (event) => event.kind === kind && (!trigger || event.data.trigger === trigger),
  );
  if (!found) throw new Error(`no ${kind}`);
  return found;
}
function patchOf(told: Told, id: string, trigger: string): Record<string, unknown> {
  return eventOf(told, id, 'conversation.transitioned', trigger).data.patch as never;
}
function recordsOf({ histories }: Told, client: string) {
  const history = histories.clients.find((one) => one.client === client);
  if (!history) throw new Error(`no ${client}`);
  return history.records;
}
function record<K extends ClientRecord['kind']>(told: Told, client: string, kind: K) {
  type Wanted = Extract<ClientRecord, { kind: K }>;
  const found = recordsOf(told, client).filter((one): one is Wanted => one.kind === kind);
  const last = found.at(-1);
  if (!last) throw new Error(`${client} has no ${kind}`);
  return { last, all: found };
}
const remove = <T>(list: T[], one: T) => list.splice(list.indexOf(one), 1);

/** One way to break each rule, as the fault it stands for would leave it. */
const BROKEN: Record<string, [what: string, spoil: (told: Story) => unknown][]> = {
  'D1 acknowledged once': [
    ['an acknowledged message is not in the log', (told) => logOf(told, told.first).splice(-1, 1)],
    [
      'an acknowledged message is in the log twice',
      (told) => {
        const said = eventOf(told, told.second, 'message.sent');
        logOf(told, told.second).push({ ...said, seq: 99, publicSeq: 98 });
      },
    ],
    [
      'it was acknowledged with another seq',
      (told) => {
        record(told, 'visitor-1', 'acked').last.seq = 77;
      },
    ],
    [
      'it has another text than was sent',
      (told) => {
        eventOf(told, told.second, 'message.sent').data.text = 'other';
      },
    ],
    [
      'it landed in another conversation than the answer said',
      (told) => {
        record(told, 'visitor-1', 'acked').last.conversationId = told.first;
      },
    ],
    [
      'it stands under another person',
      (told) => {
        eventOf(told, told.second, 'message.sent').source = `v:${ADA}`;
      },
    ],
  ],
  'P1 asked for': [
    [
      'a message that nobody sent',
      (told) => {
        eventOf(told, told.second, 'message.sent').clientId = 'nobody-made-this';
      },
    ],
    [
      'a message sent once, stored twice',
      (told) => {
        const said = eventOf(told, told.second, 'message.sent');
        logOf(told, told.second).push({ ...said, seq: 99, publicSeq: 98 });
      },
    ],
    [
      'a note where a message was asked',
      (told) => {
        eventOf(told, told.second, 'message.sent').kind = 'note.added';
      },
    ],
  ],
  'refused is not done': [
    [
      'what was refused is in the log',
      (told) => {
        eventOf(told, told.second, 'message.sent').clientId = 'too-late';
      },
    ],
  ],
  'D2 same order for all': [
    [
      'two shown the other way round',
      (told) => {
        const [one, two] = record(told, 'agent-1', 'shown').all;
        if (one && two) [one.seq, two.seq] = [two.seq, one.seq];
      },
    ],
    [
      'one shown twice',
      (told) => recordsOf(told, 'agent-1').push(record(told, 'agent-1', 'shown').last),
    ],
    [
      'one left out',
      (told) =>
        remove(recordsOf(told, 'agent-1'), record(told, 'agent-1', 'shown').all[3] as never),
    ],
    [
      'another text shown',
      (told) => {
        const shown = record(told, 'visitor-1', 'shown').all.find((one) => one.text === 'hello');
        if (shown) shown.text = 'hullo';
      },
    ],
    [
      'shown what the log does not have',
      (told) => {
        record(told, 'visitor-1', 'shown').last.seq = 50;
      },
    ],
  ],
  'own order': [
    [
      'a later message stands before an earlier one',
      (told) => {
        const log = logOf(told, told.first).filter((event) => event.source.startsWith('v:'));
        const said = log.filter((event) => event.kind === 'message.sent');
        const [one, two] = [said[0], said.at(-1)];
        if (one && two) [one.seq, two.seq] = [two.seq, one.seq];
      },
    ],
  ],
  'I5 gapless': [
    ['a seq is missing', (told) => logOf(told, told.first).splice(3, 1)],
    [
      'a public seq is missing',
      (told) => {
        eventOf(told, told.first, 'rating.given').publicSeq = 40;
      },
    ],
    [
      'time runs back',
      (told) => {
        eventOf(told, told.first, 'rating.given').at = 5;
      },
    ],
    ['a conversation without a log', (told) => told.facts.logs.delete(told.second)],
    ['a log without a conversation', (told) => told.facts.rows.delete(told.second)],
  ],
  'I5 row is fold': [
    [
      'the row says something else than its events',
      (told) => {
        rowOf(told, told.second).preview = 'else';
      },
    ],
    ['the log lost its beginning', (told) => logOf(told, told.second).splice(0, 1)],
  ],
  'D6 read marks': [
    [
      'a visitor has read what there is not',
      (told) => {
        rowOf(told, told.second).visitorReadSeq = 90;
      },
    ],
    [
      'a member has read what there is not',
      (told) => told.facts.reads.push({ conversationId: told.second, memberId: BEN, seq: 90 }),
    ],
  ],
  'I1 one owner': [
    [
      'serving without an owner',
      (told) => {
        patchOf(told, told.first, 'offer.accepted').ownerId = null;
      },
    ],
  ],
  'I2 queued is free': [
    [
      'queued while somebody is asked',
      (told) => {
        patchOf(told, told.first, 'after:offer').targetMemberId = ADA;
      },
    ],
  ],
  'I3 one target': [
    [
      'offered to nobody',
      (told) => {
        patchOf(told, told.second, 'offer.made').targetMemberId = null;
      },
    ],
    [
      'offered for ever',
      (told) => {
        patchOf(told, told.second, 'offer.made').timers = {};
      },
    ],
  ],
  'transitions tell the truth': [
    [
      'a transition that says another state',
      (told) => {
        eventOf(told, told.first, 'conversation.transitioned').data.from = 'elsewhere';
      },
    ],
  ],
  'I4 load is its sum': [
    [
      'a load that was never given back',
      (told) => {
        for (const member of told.facts.members) member.load = 2;
      },
    ],
  ],
  'I4 within capacity': [
    [
      'more than fits',
      (told) => {
        for (const member of told.facts.members) member.capacity = 0;
      },
    ],
    [
      'more than fits, where the server keeps no commit times',
      (told) => {
        for (const member of told.facts.members) member.capacity = 0;
        for (const log of told.facts.logs.values()) {
          for (const event of log) event.committedAt = null;
        }
      },
    ],
  ],
  'I6 timers act once': [
    [
      'an old gen acts',
      (told) => {
        eventOf(told, told.first, 'conversation.transitioned', 'after:offer').clientId =
          'offer:1:z';
      },
    ],
    [
      'before it is due',
      (told) => {
        const fired = eventOf(told, told.first, 'conversation.transitioned', 'after:offer');
        for (const event of logOf(told, told.first)) {
          if (event.seq >= fired.seq) event.at -= 15_000;
        }
      },
    ],
    [
      'twice',
      (told) => {
        const log = logOf(told, told.first);
        const fired = eventOf(told, told.first, 'conversation.transitioned', 'after:offer');
        log.splice(log.indexOf(fired), 0, { ...fired });
      },
    ],
    [
      'a timer that is no more',
      (told) => {
        const fired = eventOf(told, told.first, 'conversation.transitioned', 'wrapup.finished');
        Object.assign(fired, { source: 'timer', clientId: 'offer:9:z' });
      },
    ],
  ],
  'timers are rows': [
    ['a live timer without a row', (told) => told.facts.timers.splice(0, 1)],
    [
      'a row of an old gen',
      (told) => {
        for (const timer of told.facts.timers) timer.gen -= 1;
      },
    ],
    [
      'an overdue one',
      (told) => {
        told.facts.now += 3_600_000;
      },
    ],
  ],
  'I3 offers end': [
    ['an offer without a timer', (told) => told.facts.timers.splice(0, 9)],
    [
      'an offer past due',
      (told) => {
        told.facts.now += 60_000;
      },
    ],
  ],
  'I7 transfers keep owner and age': [
    [
      'a declined transfer that lost its owner',
      (told) => {
        patchOf(told, told.first, 'transfer.declined').ownerId = ADA;
      },
    ],
    [
      'a wait that began anew',
      (told) => {
        patchOf(told, told.first, 'after:offer').queuedAt = 5;
      },
    ],
  ],
  'I8 somebody will see': [
    [
      'offered to a removed member',
      (told) => {
        for (const member of told.facts.members) member.removed = true;
      },
    ],
    [
      'two open for one person',
      (told) => {
        const row = rowOf(told, told.second);
        told.facts.rows.set('another', { ...row, conversationId: 'another' });
      },
    ],
  ],
  'I9 given to who is there': [
    [
      'offered to who had left',
      (told) => {
        const change = { kind: 'member.presence_changed', rev: 2, from: true, to: false };
        const at = (told.facts.memberChanges[0]?.at ?? 0) + 10;
        told.facts.memberChanges.push({ memberId: BEN, at, ...change });
      },
    ],
    [
      'offered to who is away',
      (told) => {
        const change = { kind: 'member.availability_changed', rev: 2, from: 'away', to: 'away' };
        told.facts.memberChanges.push({ memberId: ADA, at: 10, ...change });
      },
    ],
  ],
  'I9 not kept past the grace': [
    [
      'kept by who is long gone',
      (told) => {
        for (const member of told.facts.members) {
          Object.assign(member, { present: false, absentSince: told.facts.now - 300_000 });
        }
      },
    ],
  ],
  'I10 closed is final': [
    [
      'a message behind the end',
      (told) => {
        const behind = { kind: 'message.sent', data: { text: 'late' } };
        Object.assign(eventOf(told, told.first, 'rating.given'), behind);
      },
    ],
    [
      'a new one that knows nothing of the old',
      (told) => {
        rowOf(told, told.second).previousId = 'unknown';
      },
    ],
  ],
  'I11 one workspace': [
    [
      'an event of another workspace',
      (told) => {
        eventOf(told, told.first, 'message.sent').workspaceId = 'other';
      },
    ],
    [
      'an owner of another workspace',
      (told) => {
        for (const member of told.facts.members) member.workspaceId = 'other';
      },
    ],
  ],
  'I12 nothing internal': [
    [
      'a visitor reads a note',
      (told) => {
        const shown = record(told, 'visitor-1', 'shown').last;
        shown.text = 'a secret of ours';
      },
    ],
    [
      'a visitor is shown a transition',
      (told) => {
        record(told, 'visitor-1', 'shown').last.event = 'transition';
      },
    ],
    [
      'a visitor is shown another’s conversation',
      (told) => {
        Object.assign(rowOf(told, told.second), { contactId: 'else', visitorId: 'else' });
      },
    ],
  ],
  'everyone in step': [
    [
      'a page that missed the last message',
      (told) => {
        record(told, 'agent-1', 'in_step').last.head -= 1;
      },
    ],
    [
      'a page that compared before the end',
      (told) => {
        const { last } = record(told, 'agent-1', 'in_step');
        last.head -= 1;
        last.expected -= 1;
      },
    ],
    [
      'a message still unsent',
      (told) => {
        record(told, 'visitor-1', 'in_step').last.pending = 1;
      },
    ],
    [
      'a page that shows an older stage',
      (told) => {
        record(told, 'visitor-1', 'in_step').last.stage = 'ended';
      },
    ],
    [
      'a healing that never came',
      (told) => {
        for (const one of told.histories.nemesis) if (one.kind === 'healed') one.tookMs = null;
      },
    ],
  ],
  'presence is settled': [
    [
      'present without a lease',
      (told) => {
        for (const member of told.facts.members) member.connected = false;
      },
    ],
    [
      'a lease of a dead node',
      (told) => {
        for (const one of told.facts.connections) one.expiresAt = told.facts.now - 60_000;
      },
    ],
  ],
  'leases are held': [
    [
      'work that nobody does',
      (told) => {
        for (const lease of told.facts.leases) lease.expiresAt = told.facts.now - 60_000;
      },
    ],
  ],
  'no error of ours': [
    [
      'somebody was answered `internal`',
      (told) => {
        record(told, 'agent-1', 'refused').last.code = 'internal';
      },
    ],
  ],
  'upgrades go unnoticed': [
    [
      'a visitor saw an error during an upgrade',
      (told) => {
        const of = { at: 9, client: 'visitor-1', life: 1, conversationId: null, key: null };
        const error = { ...of, kind: 'error_shown', code: 'unavailable', of: 'x' } as const;
        recordsOf(told, 'visitor-1').push(error);
      },
    ],
  ],
};

test('a sound run breaks no rule, and every rule found something to look at', () => {
  const { histories, facts } = tellSoundStory();
  const report = checkFacts(histories, facts);
  expect(report.violations).toEqual([]);
  expect(Object.entries(report.checked).filter(([, count]) => count === 0)).toEqual([]);
  expect(rowOf({ histories, facts }, [...facts.rows.keys()][0] ?? '').workspaceId).toBe(WORKSPACE);
});

test('every rule has a history that breaks it', () => {
  expect(Object.keys(BROKEN).sort()).toEqual(RULES.map((rule) => rule.name).sort());
});

const cases = Object.entries(BROKEN).flatMap(([rule, ways]) =>
  ways.map(([what, spoil]) => ({ rule, what, spoil })),
);
test.each(cases)('$rule: $what', ({ rule, spoil }) => {
  const told = tellSoundStory();
  spoil(told);
  const { violations } = checkFacts(told.histories, told.facts, { only: [rule] });
  expect(violations.map((one) => one.rule)).toContain(rule);
  expect(violations.map((one) => one.text)).not.toContain('there was nothing to check');
});

test('a rule that finds nothing to look at fails, unless it is said to be idle', () => {
  const { facts } = tellSoundStory();
  const nobody = { seed: 1, clients: [], nemesis: [] };
  const only = ['own order'];
  expect(checkFacts(nobody, facts, { only }).violations).toMatchObject([
    { rule: 'own order', text: 'there was nothing to check' },
  ]);
  expect(checkFacts(nobody, facts, { only, idle: only }).violations).toEqual([]);
  expect(() => checkFacts(nobody, facts, { only: ['no such rule'] })).toThrow('no rule');
});
