import { describe, expect, test } from 'vitest';
import { open, step } from '../../engine.ts';
import { asMoved, defaultFlow, OPENING, T0 } from '../fixtures.ts';
import { type Graph, graphOf } from './graph.ts';
import { merged } from './merge.ts';
import { PLATFORM, type Platform, type Setting, searchTwo } from './two.ts';

/** Every place apart: eight times the states, a minute. Merged ones find the same (merge.ts). */
const WHOLE = process.env.WORLD_SEARCH === 'whole';

function graph(staffed: boolean, weight: number): Graph {
  const { snapshot } = asMoved(open(defaultFlow, { ...OPENING, staffed, weight }, T0));
  const whole = graphOf(
    snapshot,
    (before, event, now) => step(defaultFlow, before, event, now),
    T0,
  );
  return WHOLE ? whole : merged(whole);
}

const light = graph(true, 1);
const heavy = graph(true, 2);
const offline = graph(false, 1);

const SETTINGS: [string, Setting][] = [
  ['either may bear one', { graphs: [light, light], capacity: [1, 1] }],
  [
    'one may bear the heavier or the lighter, the other both',
    { graphs: [light, heavy], capacity: [2, 3] },
  ],
  ['one comes out of hours', { graphs: [offline, light], capacity: [1, 2] }],
];

describe('two visitors and two members, every reachable state', () => {
  test.each(SETTINGS)(
    'I1–I10 hold: %s',
    (_, setting) => {
      expect(setting.graphs.flatMap(({ broken }) => broken)).toEqual([]);
      const { found, states, steps } = searchTwo(setting);
      expect(found).toEqual([]);
      expect(states).toBeGreaterThan(50_000);
      expect(steps).toBeGreaterThan(states * 10);
    },
    60_000,
  );
});

describe('the search finds what is wrong', () => {
  const BUGS: [string, string, Partial<Platform>][] = [
    [
      'an offer is made whatever the member bears',
      'I4',
      {
        cannotBear: (bearer, delta, given) =>
          given.self ? PLATFORM.cannotBear(bearer, delta, given) : null,
      },
    ],
    [
      'who takes it themselves is not asked what they bear',
      'I4',
      {
        cannotBear: (bearer, delta, given) =>
          given.self ? null : PLATFORM.cannotBear(bearer, delta, given),
      },
    ],
    [
      'each conversation is asked for by itself',
      'I4',
      {
        cannotBear: (bearer, delta, given) =>
          PLATFORM.cannotBear({ ...bearer, load: 0 }, delta, given),
      },
    ],
    [
      'what is offered weighs nothing',
      'I4',
      {
        changes: (before, after) =>
          PLATFORM.changes({ ...before, targetMemberId: null }, { ...after, targetMemberId: null }),
      },
    ],
    [
      'who transfers is free at once',
      'I4',
      {
        changes(before, after) {
          const free = (one: typeof before) =>
            one.phase === 'transferring' ? { ...one, ownerId: null } : one;
          return PLATFORM.changes(free(before), free(after));
        },
      },
    ],
    [
      'closing frees nobody',
      'I4',
      {
        changes: (before, after) =>
          after.phase === 'closed' ? [] : PLATFORM.changes(before, after),
      },
    ],
    [
      'who is away is given what waits',
      'I9',
      {
        cannotBear: (bearer, delta, given) =>
          PLATFORM.cannotBear({ ...bearer, present: true, available: true }, delta, given),
      },
    ],
    [
      'only one conversation hears that a member is gone',
      'I9',
      {
        lost: (snapshot, member, which) =>
          which === 0 ? PLATFORM.lost(snapshot, member, which) : null,
      },
    ],
    [
      'what is offered to who is gone stays with them',
      'I9',
      { lost: (snapshot, member) => (snapshot.ownerId === member ? 'owner' : null) },
    ],
  ];

  test.each(BUGS)('%s (%s)', (_, law, wrong) => {
    const [, setting] = SETTINGS[0] as [string, Setting];
    const { found } = searchTwo(setting, { ...PLATFORM, ...wrong }, 50_000);
    expect(found.map((one) => one.law.slice(0, 2))).toContain(law);
  });
});
