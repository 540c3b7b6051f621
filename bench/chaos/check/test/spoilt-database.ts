import { eventOf, logOf, patchOf, rowOf, type Ways } from './spoiling.ts';
import { ADA, BEN } from './story.ts';

/** Where the database itself does not hold. */
export const SPOILT_DATABASE: Ways = {
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
};
