import type { Chance } from '../chance.ts';
import type { Fault } from '../history.ts';

export interface PlannedFault {
  fault: Fault;
  /** ms after the round's beginning */
  at: number;
}

/** A time of faults, healed at its end. */
export interface Round {
  lengthMs: number;
  faults: PlannedFault[];
}

/** How often each is drawn; those that take long to heal are rarer. */
const WEIGHTS: Record<Fault, number> = {
  kill_desk: 3,
  kill_postgres: 2,
  stop_desk: 0.7,
  kill_redis: 1,
  cut: 4,
  delay: 2,
  duplicate: 2,
  half_open: 1,
  skew_clock: 1.5,
  hold_rows: 2,
  fill_pool: 1,
  upgrade: 0.7,
};

/** Rounds that together bring every fault there is, for a run of a minute and a half. */
export const QUICK_ROUNDS: readonly Round[] = [
  {
    lengthMs: 12_000,
    faults: [
      { fault: 'delay', at: 500 },
      { fault: 'cut', at: 2_000 },
      { fault: 'kill_desk', at: 4_000 },
      { fault: 'duplicate', at: 5_000 },
      { fault: 'cut', at: 8_000 },
      { fault: 'hold_rows', at: 8_500 },
    ],
  },
  {
    lengthMs: 12_000,
    faults: [
      { fault: 'kill_redis', at: 1_000 },
      { fault: 'fill_pool', at: 1_500 },
      { fault: 'skew_clock', at: 2_000 },
      { fault: 'kill_postgres', at: 7_000 },
    ],
  },
  {
    lengthMs: 21_000,
    faults: [
      { fault: 'stop_desk', at: 300 },
      { fault: 'half_open', at: 2_000 },
      { fault: 'cut', at: 12_000 },
    ],
  },
  { lengthMs: 6_000, faults: [{ fault: 'upgrade', at: 500 }] },
];

/** At most one a round: with both nodes frozen nobody is left to look on, and a database dies once. */
const ONCE = new Set<Fault>([
  'stop_desk',
  'upgrade',
  'kill_postgres',
  'kill_redis',
  'fill_pool',
  'hold_rows',
]);
/** Nobody upgrades while the database is down: the migration would only be repeated. */
const NOT_WITH_UPGRADE = new Set<Fault>(['kill_postgres', 'fill_pool', 'stop_desk', 'kill_desk']);

/** A round drawn by chance from the faults `allowed`. */
export function planRound(chance: Chance, allowed: readonly Fault[]): Round {
  const weights = Object.fromEntries(allowed.map((fault) => [fault, WEIGHTS[fault]]));
  const lengthMs = chance.between(6_000, 22_000);
  const drawn = Array.from({ length: chance.between(1, 6) }, () => ({
    fault: chance.weighed(weights as Record<Fault, number>),
    at: chance.between(0, lengthMs - 3_000),
  }));
  const upgrades = drawn.some(({ fault }) => fault === 'upgrade');
  const faults = drawn.filter(
    ({ fault }, index) =>
      !(upgrades && NOT_WITH_UPGRADE.has(fault)) &&
      !(ONCE.has(fault) && drawn.findIndex((one) => one.fault === fault) < index),
  );
  return { lengthMs, faults: faults.sort((a, b) => a.at - b.at) };
}
