import type { FlowDefinition } from './definition.ts';

const MINUTE = 60_000;
const DAY = 24 * 3600_000;

const nobodyHere = { type: 'say', params: { line: 'nobody_here' } } as const;
const gaveUp = { type: 'memory', params: { key: 'gaveUp', is: true } } as const;
const remember = (value: boolean) =>
  ({ type: 'remember', params: { key: 'gaveUp', value } }) as const;
const staffed = { type: 'event', params: { field: 'staffed', is: true } } as const;

/** The flow every workspace starts with. Plain JSON: stored as version 1 and read back. */
export const DEFAULT_FLOW: FlowDefinition = {
  id: 'default',
  initial: 'opened',
  delays: {
    offer: { ms: 30_000, base: 'entered', from: 'offerMs' },
    transfer: { ms: 45_000, base: 'entered', from: 'offerMs' },
    stillWaiting: { ms: 2 * MINUTE, base: 'entered' },
    giveUp: { ms: 20 * MINUTE, base: 'entered' },
    // From the agent's last message: the visitor had this long to answer it.
    visitorIdle: { ms: 30 * MINUTE, base: 'agent' },
    wrapup: { ms: 2 * MINUTE, base: 'entered' },
    forgotten: { ms: 14 * DAY, base: 'visitor' },
  },
  states: {
    opened: {
      phase: 'bot',
      live: true,
      always: [
        { guard: staffed, target: 'waiting' },
        { target: 'offline', actions: [nobodyHere] },
      ],
    },
    waiting: {
      initial: 'queued',
      entry: [{ type: 'say', params: { line: 'waiting' } }],
      after: {
        stillWaiting: { actions: [{ type: 'say', params: { line: 'still_waiting' } }] },
        giveUp: {
          guard: { type: 'phase', params: { in: ['queued'] } },
          target: 'offline',
          actions: [nobodyHere, remember(true)],
        },
      },
      on: {
        'agent.took': 'engaged',
        'conversation.ended': {
          target: 'closed',
          actions: [{ type: 'say', params: { line: 'conversation_ended' } }],
        },
      },
      states: {
        queued: {
          phase: 'queued',
          live: true,
          on: {
            'offer.made': [
              {
                guard: { type: 'event', params: { field: 'auto', is: true } },
                target: '#default.engaged',
              },
              { target: 'offered' },
            ],
            'queue.unstaffed': { target: '#default.offline', actions: [nobodyHere] },
          },
        },
        offered: {
          phase: 'offered',
          live: true,
          on: {
            'offer.accepted': '#default.engaged',
            'offer.declined': 'queued',
            'target.lost': 'queued',
          },
          after: { offer: 'queued' },
        },
      },
    },
    engaged: {
      initial: 'serving',
      on: {
        'agent.took': { target: 'engaged', reenter: true },
        'conversation.ended': {
          target: 'wrapup',
          actions: [{ type: 'say', params: { line: 'conversation_ended' } }],
        },
      },
      states: {
        serving: {
          phase: 'serving',
          live: true,
          on: {
            'transfer.requested': [
              {
                guard: { type: 'event', params: { field: 'to.kind', is: 'member' } },
                target: 'transferring',
              },
              { guard: staffed, target: '#default.waiting' },
              { target: '#default.offline', actions: [nobodyHere] },
            ],
            'owner.returned': [
              { guard: staffed, target: '#default.waiting' },
              { target: '#default.offline', actions: [nobodyHere] },
            ],
            'owner.lost': [
              { guard: staffed, target: '#default.waiting' },
              { target: '#default.offline', actions: [nobodyHere] },
            ],
          },
          after: {
            visitorIdle: {
              guard: { type: 'visitorSilent' },
              target: '#default.wrapup',
              actions: [{ type: 'say', params: { line: 'visitor_idle_closed' } }],
            },
          },
        },
        transferring: {
          phase: 'transferring',
          live: true,
          on: {
            'transfer.accepted': 'serving',
            'transfer.declined': 'serving',
            'transfer.cancelled': 'serving',
            'target.lost': 'serving',
            // The target still holds it; without an owner that is an offer (I7).
            'owner.lost': '#default.waiting.offered',
          },
          after: { transfer: 'serving' },
        },
      },
    },
    wrapup: {
      phase: 'wrapup',
      entry: [{ type: 'askRating' }],
      on: {
        'visitor.message': 'engaged',
        'wrapup.finished': 'closed',
        'conversation.ended': 'closed',
        'owner.lost': 'closed',
        'agent.took': 'engaged',
      },
      after: { wrapup: 'closed' },
    },
    offline: {
      phase: 'offline',
      on: {
        'agent.took': 'engaged',
        // Who waited in vain is not sent to wait again, until they write again.
        'visitor.message': { guard: gaveUp, actions: [remember(false)] },
        // Who just wrote is probably still here; who left is answered by whoever takes it.
        'queue.staffed': {
          guard: {
            type: 'and',
            params: {
              guards: [
                { type: 'visitorWroteWithin', params: { ms: 10 * MINUTE } },
                { type: 'not', params: { guard: gaveUp } },
              ],
            },
          },
          target: 'waiting',
        },
        'conversation.ended': 'closed',
      },
      after: { forgotten: 'closed' },
    },
    closed: { type: 'final', phase: 'closed' },
  },
};
