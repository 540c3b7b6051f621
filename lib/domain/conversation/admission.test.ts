import { describe, expect, test } from 'vitest';
import type { FlowEvent } from './model.ts';
import { ANN, BOB, HELP, SECOND, tell } from './test/fixtures.ts';

const CAT = 'cat';
const toBob = { kind: 'member', memberId: BOB } as const;
const transfer = {
  type: 'transfer.requested',
  by: ANN,
  to: toBob,
  offerMs: 1000,
  staffed: true,
} as const;

const queued = () => tell();
const offered = () => tell().offered(ANN);
const serving = () => tell().served(ANN);
const transferring = () => serving().transferred(ANN, BOB);
const wrapup = () => serving().on({ type: 'conversation.ended', by: 'agent', memberId: ANN });
const closed = () => wrapup().on({ type: 'wrapup.finished', memberId: ANN });

const CASES: [string, () => ReturnType<typeof tell>, FlowEvent, string][] = [
  ['A2: not the target accepts', offered, { type: 'offer.accepted', memberId: BOB }, 'offer_gone'],
  ['A2: not the target declines', offered, { type: 'offer.declined', memberId: BOB }, 'offer_gone'],
  ['A2: an offer that is gone', queued, { type: 'offer.accepted', memberId: ANN }, 'offer_gone'],
  ['A2: accepted twice', serving, { type: 'offer.accepted', memberId: ANN }, 'already_owner'],
  [
    'A2: a transfer to another',
    transferring,
    { type: 'transfer.accepted', memberId: CAT },
    'offer_gone',
  ],
  [
    'A2: the owner accepts',
    transferring,
    { type: 'transfer.accepted', memberId: ANN },
    'already_owner',
  ],
  [
    'A3: taken twice',
    serving,
    { type: 'agent.took', memberId: ANN, override: false },
    'already_owner',
  ],
  [
    'A3: of another',
    serving,
    { type: 'agent.took', memberId: BOB, override: false },
    'already_taken',
  ],
  [
    'A3: offered to another',
    offered,
    { type: 'agent.took', memberId: BOB, override: false },
    'already_taken',
  ],
  ['A4: another writes', serving, { type: 'agent.message', memberId: BOB }, 'not_owner'],
  ['A4: the target writes', transferring, { type: 'agent.message', memberId: BOB }, 'not_owner'],
  ['A4: nobody owns it', queued, { type: 'agent.message', memberId: ANN }, 'not_owner'],
  ['A4: another transfers', serving, { ...transfer, by: CAT }, 'not_owner'],
  ['A4: another cancels', transferring, { type: 'transfer.cancelled', by: BOB }, 'not_owner'],
  [
    'A4: another ends',
    serving,
    { type: 'conversation.ended', by: 'agent', memberId: BOB },
    'not_owner',
  ],
  [
    'A4: an agent without a name ends',
    serving,
    { type: 'conversation.ended', by: 'agent' },
    'not_owner',
  ],
  [
    'A4: another returns',
    serving,
    { type: 'owner.returned', memberId: BOB, staffed: true },
    'not_owner',
  ],
  ['A4: another finishes', wrapup, { type: 'wrapup.finished', memberId: BOB }, 'not_owner'],
  ['A5: already transferring', transferring, transfer, 'not_possible_now'],
  ['A5: in wrap-up', wrapup, transfer, 'not_possible_now'],
  [
    'A5: to oneself',
    serving,
    { ...transfer, to: { kind: 'member', memberId: ANN } },
    'transfer_to_self',
  ],
  [
    'A6: offered already',
    offered,
    { type: 'offer.made', memberId: BOB, offerMs: 1, auto: false },
    'not_possible_now',
  ],
  [
    'A6: served already',
    serving,
    { type: 'offer.made', memberId: BOB, offerMs: 1, auto: true },
    'not_possible_now',
  ],
  ['A9: cancelled twice', serving, { type: 'transfer.cancelled', by: ANN }, 'offer_gone'],
  [
    'A9: finished too early',
    serving,
    { type: 'wrapup.finished', memberId: ANN },
    'not_possible_now',
  ],
  ['A1: a message after the end', closed, { type: 'visitor.message' }, 'conversation_closed'],
  [
    'A1: taken after the end',
    closed,
    { type: 'agent.took', memberId: ANN, override: true },
    'conversation_closed',
  ],
  ['A1: ended twice', closed, { type: 'conversation.ended', by: 'visitor' }, 'conversation_closed'],
  ['A1: finished twice', closed, { type: 'wrapup.finished', memberId: ANN }, 'conversation_closed'],
];

test.each(CASES)('%s', (_, story, event, code) => {
  expect(story().ask(event)).toEqual({ kind: 'refused', code });
});

describe('late news is ignored', () => {
  const NEWS: [string, () => ReturnType<typeof tell>, FlowEvent][] = [
    [
      'A7: not the owner',
      serving,
      { type: 'owner.lost', memberId: BOB, reason: 'absent', staffed: true },
    ],
    ['A7: not the target', offered, { type: 'target.lost', memberId: BOB, reason: 'absent' }],
    ['A7: another queue', queued, { type: 'queue.unstaffed', queueId: HELP }],
    [
      'A1: after the end',
      closed,
      { type: 'owner.lost', memberId: ANN, reason: 'absent', staffed: true },
    ],
    ['I6: an unknown timer', queued, { type: 'timer.fired', name: 'offer', gen: 1 }],
    ['I6: after the end', closed, { type: 'timer.fired', name: 'wrapup', gen: 3 }],
    [
      'A9: opened again',
      queued,
      { type: 'conversation.opened', queueId: HELP, staffed: true, weight: 1 },
    ],
  ];
  test.each(NEWS)('%s', (_, story, event) => {
    expect(story().ask(event)).toEqual({ kind: 'unchanged' });
  });
});

test('I6: the timer of an earlier offer does nothing to a later one', () => {
  const story = tell().offered(ANN);
  const gen = story.genOf('offer');
  story
    .on({ type: 'offer.declined', memberId: ANN })
    .offered(BOB)
    .wait(60 * SECOND);
  expect(story.ask({ type: 'timer.fired', name: 'offer', gen })).toEqual({ kind: 'unchanged' });
});

test('A8: messages need no transition', () => {
  expect(queued().ask({ type: 'visitor.message' })).toEqual({ kind: 'unchanged' });
  expect(serving().ask({ type: 'agent.message', memberId: ANN })).toEqual({ kind: 'unchanged' });
});
