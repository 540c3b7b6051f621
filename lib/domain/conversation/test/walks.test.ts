import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildChart } from '../chart.ts';
import type { Flow } from '../compile.ts';
import { DEFAULT_FLOW } from '../default-flow.ts';
import type { Edge, FlowDefinition, StateDefinition } from '../definition.ts';
import { open, staysStill, step } from '../engine.ts';
import type { FlowEvent, Snapshot } from '../model.ts';
import { applyPatch, diff } from '../patch.ts';
import { validateFlow } from '../validate.ts';
import { defaultFlow, MINUTE, OPENING, T0 } from './fixtures.ts';
import { eventsAt } from './search.ts';
import { brokenLaws } from './step-laws.ts';

/** One move of a walk: which of the possible events, and how long before it. */
const arbitraryMove = fc.record({
  pick: fc.nat({ max: 10_000 }),
  wait: fc.oneof(fc.nat({ max: 1_000 }), fc.nat({ max: 40 * MINUTE })),
  twice: fc.boolean(),
});
const arbitraryWalk = fc.array(arbitraryMove, { minLength: 1, maxLength: 60 });

interface Move {
  pick: number;
  wait: number;
  twice: boolean;
}

/** Walks, keeps the log, and checks every step; answers what broke first. */
function walk(flow: Flow, staffed: boolean, moves: readonly Move[]): string[] {
  let now = T0;
  const opened = open(flow, { ...OPENING, staffed }, now);
  if (opened.kind !== 'moved') return [];
  let snapshot = opened.snapshot;
  const log: Partial<Snapshot>[] = [JSON.parse(JSON.stringify(diff(null, snapshot)))];
  for (const { pick, wait, twice } of moves) {
    now += wait;
    const events = eventsAt(snapshot);
    const event = events[pick % events.length] as FlowEvent;
    for (let time = 0; time < (twice ? 2 : 1); time += 1) {
      const result = step(flow, snapshot, event, now);
      const broken = brokenLaws(snapshot, event, result);
      if (broken.length > 0) return [...broken, JSON.stringify(event), snapshot.state];
      const isMessage = event.type === 'visitor.message' || event.type === 'agent.message';
      if (isMessage && staysStill(flow, snapshot, event) && result.kind !== 'unchanged') {
        return [`S8: ${result.kind}`, JSON.stringify(event), snapshot.state];
      }
      const before = snapshot;
      if (result.kind === 'moved') snapshot = result.snapshot;
      if (event.type === 'visitor.message' && result.kind !== 'refused') {
        snapshot = { ...snapshot, lastVisitorAt: now };
      }
      log.push(JSON.parse(JSON.stringify(diff(before, snapshot))));
    }
  }
  const folded = log.reduce<Snapshot | null>((row, patch) => applyPatch(row, patch), null);
  expect(folded).toEqual(snapshot);
  return [];
}

test('I1–I7, I9, I10: random walks of the default flow; the row is the fold of the log (I5)', () => {
  fc.assert(
    fc.property(fc.boolean(), arbitraryWalk, (staffed, moves) => {
      expect(walk(defaultFlow, staffed, moves)).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

/** The places of all transitions, each with how to lead it elsewhere or take it away. */
function edgesOf(flow: FlowDefinition): { change: (target: string | null) => void }[] {
  const places: { change: (target: string | null) => void }[] = [];
  function visit(state: StateDefinition): void {
    for (const record of [state.on, state.after]) {
      for (const key of Object.keys(record ?? {})) {
        places.push({
          change(target) {
            if (!record) return;
            const edge: Edge = target === null ? {} : { target };
            if (target === null) Reflect.deleteProperty(record, key);
            else Reflect.set(record, key, edge);
          },
        });
      }
    }
    for (const child of Object.values(state.states ?? {})) visit(child);
  }
  for (const state of Object.values(flow.states)) visit(state);
  return places;
}

const TARGETS = [
  '#default.waiting',
  '#default.waiting.offered',
  '#default.engaged',
  '#default.engaged.transferring',
  '#default.wrapup',
  '#default.offline',
  '#default.closed',
  null,
];

const arbitraryMutation = fc.array(
  fc.record({ edge: fc.nat({ max: 1_000 }), target: fc.constantFrom(...TARGETS) }),
  { minLength: 1, maxLength: 4 },
);

function mutated(changes: readonly { edge: number; target: string | null }[]): FlowDefinition {
  const flow = structuredClone(DEFAULT_FLOW);
  for (const { edge, target } of changes) {
    const places = edgesOf(flow);
    places[edge % places.length]?.change(target);
  }
  return flow;
}

test('H7: a flow changed at random and never checked still cannot break I1–I3, I9, I10', () => {
  fc.assert(
    fc.property(arbitraryMutation, arbitraryWalk, (changes, moves) => {
      const { chart, problems } = buildChart(mutated(changes));
      fc.pre(problems.length === 0);
      // Age, failed transfers and what a flow makes of them are its own business here.
      const broken = walk({ chart }, true, moves).filter((law) => /^I(1|2|3|9|10):/.test(law));
      expect(broken).toEqual([]);
    }),
    {
      numRuns: 800,
      // Once found: who is gone kept an offer that stayed where it was (H3).
      examples: [
        [
          [{ edge: 437, target: '#default.waiting.offered' }],
          [
            { pick: 4302, wait: 0, twice: false },
            { pick: 1116, wait: 0, twice: false },
          ],
        ],
      ],
    },
  );
});

test('V6: a checked flow never has to be refused by the platform for I1–I3', () => {
  let sound = 0;
  fc.assert(
    fc.property(arbitraryMutation, fc.infiniteStream(arbitraryMove), (changes, moves) => {
      const definition = mutated(changes);
      if (validateFlow(definition).length > 0) return;
      sound += 1;
      const flow: Flow = { chart: buildChart(definition).chart };
      const opened = open(flow, OPENING, T0);
      if (opened.kind !== 'moved') throw new Error('does not open');
      let { snapshot } = opened;
      let now = T0;
      for (const { pick, wait } of moves.take(80)) {
        now += wait;
        const events = eventsAt(snapshot);
        const event = events[pick % events.length] as FlowEvent;
        const result = step(flow, snapshot, event, now);
        // A transfer to a queue may be led anywhere by a flow; that one is the platform's to refuse.
        if (result.kind === 'refused' && result.violation && event.type !== 'transfer.requested') {
          throw new Error(`${snapshot.state} ${JSON.stringify(event)}: ${result.violation}`);
        }
        if (result.kind === 'moved') snapshot = result.snapshot;
      }
    }),
    { numRuns: 600 },
  );
  expect(sound).toBeGreaterThan(50);
});
