import { describe, expect, test } from 'vitest';
import { compileFlow, FlowInvalid } from './compile.ts';
import { DEFAULT_FLOW } from './default-flow.ts';
import type { FlowDefinition, StateDefinition } from './definition.ts';
import { validateFlow } from './validate.ts';

/** The default flow, changed in one place. */
function changed(change: (flow: FlowDefinition) => void): FlowDefinition {
  const flow = structuredClone(DEFAULT_FLOW);
  change(flow);
  return flow;
}

function at(flow: FlowDefinition, path: string): StateDefinition {
  let state: StateDefinition | undefined = { states: flow.states };
  for (const key of path.split('.')) state = state?.states?.[key];
  if (!state) throw new Error(`no state ${path}`);
  return state;
}

const on = (flow: FlowDefinition, path: string) => (at(flow, path).on ??= {});

const CASES: [string, (flow: FlowDefinition) => void, path: string, RegExp][] = [
  [
    'V1: an unknown target',
    (f) => {
      on(f, 'wrapup')['wrapup.finished'] = 'nowhere';
    },
    'states.wrapup.on.wrapup.finished',
    /no state "nowhere"/,
  ],
  [
    'V1: an unknown initial state',
    (f) => {
      f.initial = 'nowhere';
    },
    'flow.initial',
    /not a state/,
  ],
  [
    'V1: an unknown delay',
    (f) => {
      at(f, 'wrapup').after = { later: 'closed' };
    },
    'states.wrapup.after.later',
    /no delay/,
  ],
  [
    'V1: an unknown event',
    (f) => {
      Reflect.set(on(f, 'wrapup'), 'moon.rose', 'closed');
    },
    'states.wrapup.on',
    /moon|key|option/i,
  ],
  [
    'V1: an unknown action',
    (f) => {
      Reflect.set(at(f, 'wrapup'), 'entry', [{ type: 'explode' }]);
    },
    'states.wrapup.entry.0.type',
    /./,
  ],
  [
    'V1: a leaf without a phase',
    (f) => {
      at(f, 'wrapup').phase = undefined;
    },
    'states.wrapup.phase',
    /needs a phase/,
  ],
  [
    'V1: a phase around states',
    (f) => {
      at(f, 'engaged').phase = 'serving';
    },
    'states.engaged.phase',
    /no phase of its own/,
  ],
  [
    'V1: closed without being final',
    (f) => {
      at(f, 'offline').phase = 'closed';
    },
    'states.offline.type',
    /outermost final/,
  ],
  [
    'V2: a state nothing leads to',
    (f) => {
      f.states.lonely = { phase: 'bot', always: 'closed' };
    },
    'states.lonely',
    /Nothing leads/,
  ],
  [
    'V2: no way out',
    (f) => {
      f.states.trap = { phase: 'bot' };
      on(f, 'offline')['agent.message'] = 'trap';
    },
    'states.trap',
    /never be closed/,
  ],
  [
    'V2: an inner end without onDone',
    (f) => {
      f.states.sub = { initial: 'end', states: { end: { type: 'final', phase: 'bot' } } };
      on(f, 'offline')['agent.message'] = 'sub';
    },
    'states.sub.states.end.type',
    /stuck/,
  ],
  [
    'V3: a circle without events',
    (f) => {
      f.states.ping = { phase: 'bot', always: 'pong' };
      f.states.pong = { phase: 'bot', always: 'ping' };
      on(f, 'offline')['agent.message'] = 'ping';
    },
    'states.ping.always',
    /circle: ping → pong → ping/,
  ],
  [
    'V3: a circle of one',
    (f) => {
      f.states.ping = { phase: 'bot', always: { actions: [] } };
      on(f, 'offline')['agent.message'] = 'ping';
    },
    'states.ping.always',
    /circle/,
  ],
  [
    'V4: an offer without an end',
    (f) => {
      at(f, 'waiting.offered').after = {};
      Reflect.deleteProperty(f.delays, 'offer');
    },
    'states.waiting.states.offered.after',
    /exactly one delay/,
  ],
  [
    'V4: an offer whose end may be refused',
    (f) => {
      at(f, 'waiting.offered').after = {
        offer: { target: 'queued', guard: { type: 'visitorSilent' } },
      };
    },
    'states.waiting.states.offered.after',
    /exactly one delay/,
  ],
  [
    'V5: a transfer nobody can decline',
    (f) => {
      Reflect.deleteProperty(on(f, 'engaged.transferring'), 'transfer.declined');
    },
    'states.engaged.states.transferring.on.transfer.declined',
    /must always leave/,
  ],
  [
    'V5: an owner who may be gone',
    (f) => {
      on(f, 'engaged.serving')['owner.lost'] = {
        target: '#default.waiting',
        guard: { type: 'visitorSilent' },
      };
    },
    'states.engaged.states.serving.on.owner.lost',
    /I9/,
  ],
  [
    'V5: a queue nobody is given from',
    (f) => {
      Reflect.deleteProperty(on(f, 'waiting.queued'), 'offer.made');
    },
    'states.waiting.states.queued.on.offer.made',
    /Nobody could ever/,
  ],
  [
    'V6: served by nobody',
    (f) => {
      on(f, 'offline')['queue.staffed'] = 'engaged';
    },
    'states.offline.on.queue.staffed',
    /gives it to nobody/,
  ],
  [
    'V6: kept by who is gone',
    (f) => {
      on(f, 'engaged.serving')['owner.lost'] = '#default.wrapup';
    },
    'states.engaged.states.serving.on.owner.lost',
    /nobody owns it/,
  ],
  [
    'V6: offered to nobody',
    (f) => {
      on(f, 'offline')['queue.staffed'] = 'waiting.offered';
    },
    'states.offline.on.queue.staffed',
    /names nobody/,
  ],
  [
    'V6: transferred to nobody',
    (f) => {
      at(f, 'engaged.serving').after = { visitorIdle: 'transferring' };
    },
    'states.engaged.states.serving.after.visitorIdle',
    /names nobody/,
  ],
  [
    'V6: born in somebody’s hands',
    (f) => {
      at(f, 'opened').always = 'engaged';
    },
    'initial',
    /belongs to nobody/,
  ],
  [
    'V7: one delay twice at once',
    (f) => {
      at(f, 'engaged').after = { visitorIdle: 'wrapup' };
    },
    'states.engaged.states.serving.after.visitorIdle',
    /twice at once/,
  ],
  [
    'V7: a delay of nothing',
    (f) => {
      f.delays.wrapup = { ms: 0, base: 'entered' };
    },
    'delays.wrapup.ms',
    /./,
  ],
  [
    'V7: a delay nobody uses',
    (f) => {
      f.delays.spare = { ms: 5000, base: 'entered' };
    },
    'delays.spare',
    /No state uses/,
  ],
];

test.each(CASES)('%s', (_, change, path, message) => {
  const issues = validateFlow(changed(change));
  const issue = issues.find((one) => one.path === path);
  expect(issue, JSON.stringify(issues, null, 1)).toBeDefined();
  expect(issue?.message).toMatch(message);
  expect(issue?.hint).toMatch(/\.$/);
});

describe('compileFlow', () => {
  test('refuses with every issue at once', () => {
    const flow = changed((f) => {
      on(f, 'offline')['queue.staffed'] = 'engaged';
      at(f, 'waiting.offered').after = {};
      f.states.lonely = { phase: 'bot', on: { 'visitor.message': 'closed' } };
    });
    // Form first: meaning is asked of what has one.
    expect(() => compileFlow(flow)).toThrow(FlowInvalid);
    expect(validateFlow(flow).map((one) => one.path)).toEqual(['delays.offer', 'states.lonely']);
  });

  test.each([null, 7, 'flow', [], {}, { id: 't', initial: 'a', delays: {}, states: {} }])(
    'refuses %j',
    (definition) => expect(() => compileFlow(definition)).toThrow(FlowInvalid),
  );

  test('names of the prototype are no states', () => {
    const flow = changed((f) => {
      f.initial = 'constructor';
      on(f, 'wrapup')['wrapup.finished'] = '#default.__proto__';
    });
    expect(validateFlow(flow)).not.toEqual([]);
  });
});
