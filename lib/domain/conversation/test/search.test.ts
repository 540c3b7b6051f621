import { describe, expect, test } from 'vitest';
import { open, step } from '../engine.ts';
import type { Snapshot, StepResult } from '../model.ts';
import { asMoved, BOB, defaultFlow, OPENING, T0 } from './fixtures.ts';
import { type Step, search } from './search.ts';

const right: Step = (snapshot, event, now) => step(defaultFlow, snapshot, event, now);

function start(staffed: boolean): Snapshot {
  return asMoved(open(defaultFlow, { ...OPENING, staffed }, T0)).snapshot;
}

/** Changes what a move led to. */
function changed(
  result: StepResult,
  change: (snapshot: Snapshot) => Partial<Snapshot>,
): StepResult {
  if (result.kind !== 'moved') return result;
  return { ...result, snapshot: { ...result.snapshot, ...change(result.snapshot) } };
}

describe('the default flow, every reachable state', () => {
  test.each([true, false])(
    'I1–I7, I9, I10 hold and everything can close (staffed: %s)',
    (staffed) => {
      const { found, states, steps, stuck } = search(start(staffed), right, T0);
      expect(found).toEqual([]);
      expect(stuck).toEqual([]);
      expect(states).toBeGreaterThan(100);
      expect(states).toBeLessThan(20_000);
      expect(steps).toBeGreaterThan(states * 30);
    },
  );
});

describe('the search finds what is wrong', () => {
  const BUGS: [string, string, Step][] = [
    [
      'a fired timer is believed whatever its gen',
      'I6',
      (snapshot, event, now) => {
        const live = event.type === 'timer.fired' ? snapshot.timers[event.name] : undefined;
        return right(
          snapshot,
          live && event.type === 'timer.fired' ? { ...event, gen: live.gen } : event,
          now,
        );
      },
    ],
    [
      'a timer stays after it acted',
      'I6',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), ({ timers }) => {
          const kept = event.type === 'timer.fired' ? snapshot.timers[event.name] : undefined;
          return kept && event.type === 'timer.fired'
            ? { timers: { ...timers, [event.name]: kept } }
            : {};
        }),
    ],
    [
      'a declined transfer moves the owner',
      'I7',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), ({ phase }) =>
          event.type === 'transfer.declined' && phase === 'serving'
            ? { ownerId: event.memberId }
            : {},
        ),
    ],
    [
      'waiting begins anew when the owner is lost',
      'I7',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), () =>
          event.type === 'owner.lost' ? { queuedAt: now } : {},
        ),
    ],
    [
      'anybody may accept',
      'I3',
      (snapshot, event, now) =>
        event.type === 'offer.accepted' && snapshot.targetMemberId !== null
          ? right({ ...snapshot, targetMemberId: event.memberId }, event, now)
          : right(snapshot, event, now),
    ],
    [
      'a lost owner stays',
      'I9',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), ({ phase }) =>
          event.type === 'owner.lost' && phase === 'queued'
            ? { ownerId: event.memberId, phase: 'serving' }
            : {},
        ),
    ],
    [
      'taking needs no override',
      'I1',
      (snapshot, event, now) =>
        right(snapshot, event.type === 'agent.took' ? { ...event, override: true } : event, now),
    ],
    [
      'writing reopens what is closed',
      'I10',
      (snapshot, event, now) =>
        snapshot.phase === 'closed' && event.type === 'visitor.message'
          ? right(
              { ...start(true), stateRev: snapshot.stateRev },
              { type: 'agent.took', memberId: BOB, override: false },
              now,
            )
          : right(snapshot, event, now),
    ],
    [
      'an owner is kept in the queue',
      'I1',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), ({ phase }) =>
          phase === 'queued' ? { ownerId: BOB } : {},
        ),
    ],
    [
      'a declined offer is held on in the queue',
      'I3',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), ({ phase }) =>
          phase === 'queued' ? { targetMemberId: snapshot.targetMemberId } : {},
        ),
    ],
    [
      'two delays end one offer',
      'I3',
      (snapshot, event, now) =>
        changed(right(snapshot, event, now), ({ phase, timers }) =>
          phase === 'offered' && timers.offer ? { timers: { ...timers, again: timers.offer } } : {},
        ),
    ],
    [
      'a cleared timer keeps its row',
      'R3',
      (snapshot, event, now) => {
        const result = right(snapshot, event, now);
        return result.kind === 'moved'
          ? { ...result, effects: result.effects.filter(({ type }) => type !== 'timer.clear') }
          : result;
      },
    ],
    [
      'who declined is asked again',
      'H5',
      (snapshot, event, now) =>
        right(event.type === 'offer.made' ? { ...snapshot, declinedBy: [] } : snapshot, event, now),
    ],
  ];

  test.each(BUGS)('%s (%s)', (_, law, wrong) => {
    const { found } = search(start(true), wrong, T0, 2_000);
    const laws = new Set(
      found.flatMap((one) => one.laws.map((name) => name.slice(0, name.indexOf(':')))),
    );
    expect([...laws]).toContain(law);
  });

  test('a state that nothing leads out of is called stuck', () => {
    const wrong: Step = (snapshot, event, now) =>
      snapshot.phase === 'offline' ? { kind: 'unchanged' } : right(snapshot, event, now);
    expect(search(start(true), wrong, T0).stuck).toEqual(['offline']);
  });
});
