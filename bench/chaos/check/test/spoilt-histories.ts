import { eventOf, logOf, record, recordsOf, remove, rowOf, type Ways } from './spoiling.ts';
import { ADA } from './story.ts';

/** Where what clients did and saw, and the log, do not fit. */
export const SPOILT_HISTORIES: Ways = {
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
