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

export function planRound(chance: Chance): Round {
  const lengthMs = chance.between(6_000, 22_000);
  const faults = Array.from({ length: chance.between(1, 6) }, () => ({
    fault: chance.weighed(WEIGHTS),
    at: chance.between(0, lengthMs - 3_000),
  }));
  // One frozen node at a time: with both frozen nobody is left to look on.
  const once = (fault: Fault) => faults.findIndex((one) => one.fault === fault);
  const kept = faults.filter(
    ({ fault }, index) =>
      !['stop_desk', 'upgrade', 'kill_postgres', 'kill_redis', 'fill_pool'].includes(fault) ||
      once(fault) === index,
  );
  return { lengthMs, faults: kept.sort((a, b) => a.at - b.at) };
}
