import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FlowDefinition } from '../../definition.ts';
import { arbitraryChart, arbitraryHappenings, type Happening } from './arbitrary-chart.ts';
import { XStateRun } from './as-xstate.ts';
import { OurRun } from './our-run.ts';
import { flowOf } from './sketched-flow.ts';

const shown = (run: OurRun | XStateRun) => ({
  path: run.path,
  done: run.done,
  lines: run.lines,
  timers: run.timers,
});

/** `toEqual` of every step would take longer than the steps. */
function agree(ours: OurRun, theirs: XStateRun): void {
  const [a, b] = [shown(ours), shown(theirs)];
  if (JSON.stringify(a) !== JSON.stringify(b)) expect(a).toEqual(b);
}

/** Both through the same happenings; @returns what was taken on the way, as often as charts took it. */
function compare(flow: FlowDefinition, happenings: readonly Happening[], theirFlow = flow) {
  const ours = new OurRun(flow);
  const theirs = new XStateRun(theirFlow);
  agree(ours, theirs);
  for (const { event, conditions } of happenings) {
    if (theirs.done) break;
    if (typeof event === 'string') {
      ours.send(event, conditions);
      theirs.send(event, conditions);
    } else {
      const names = Object.keys(ours.timers);
      const name = names[event.timer % names.length];
      if (name === undefined) continue;
      theirs.fire(name, conditions, ours.fire(name, conditions));
    }
    agree(ours, theirs);
  }
  return ours.triggers;
}

/** 10,000 take 13 s of CPU; before a release a million may. */
const CHARTS = Number(process.env.XSTATE_CHARTS ?? 10_000);

test(`S7: ${CHARTS} random charts behave as in XState`, () => {
  const taken = new Map<string, number>();
  fc.assert(
    fc.property(arbitraryChart, arbitraryHappenings, (sketch, happenings) => {
      for (const trigger of compare(flowOf(sketch), happenings)) {
        taken.set(trigger, (taken.get(trigger) ?? 0) + 1);
      }
    }),
    { numRuns: CHARTS },
  );
  // Of all kinds of transitions enough that equality says something.
  expect(taken.get('visitor.message')).toBeGreaterThan(CHARTS / 5);
  expect(taken.get('always')).toBeGreaterThan(CHARTS / 4);
  expect(taken.get('after')).toBeGreaterThan(CHARTS / 4);
  expect(taken.get('done')).toBeGreaterThan(CHARTS / 20);
}, 600_000);

/** The definition with one thing otherwise, everywhere. */
function otherwise(flow: FlowDefinition, change: (key: string, value: unknown) => unknown) {
  return JSON.parse(JSON.stringify(flow, change)) as FlowDefinition;
}

const DIFFERENCES: [string, (key: string, value: unknown) => unknown][] = [
  ['that does not reenter', (key, value) => (key === 'reenter' ? undefined : value)],
  ['without exits', (key, value) => (key === 'exit' ? [] : value)],
  ['without ends of what is around', (key, value) => (key === 'onDone' ? undefined : value)],
  ['without delays', (key, value) => (key === 'after' ? {} : value)],
  [
    'that asks the last edge first',
    (key, value) => (key === 'always' && value ? [...(value as [])].reverse() : value),
  ],
];

test.each(DIFFERENCES)('the comparison finds an engine %s', (_, change) => {
  const found = fc.check(
    fc.property(arbitraryChart, arbitraryHappenings, (sketch, happenings) => {
      const flow = flowOf(sketch);
      compare(flow, happenings, otherwise(flow, change));
    }),
    { numRuns: 5_000, endOnFailure: true },
  );
  expect(found.failed).toBe(true);
});
