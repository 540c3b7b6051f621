/** How many, and for how long; a quick run holds fewer by the same method. */
export const SIZE = {
  quick: {
    held: 1_500,
    bare: 1_500,
    talks: 200,
    agents: 20,
    rates: [1_000],
    warmupMs: 500,
    measureMs: 3_000,
    /** Visitors over several desks, and of one desk. */
    spread: 0,
  },
  full: {
    held: 15_500,
    bare: 15_500,
    talks: 500,
    agents: 20,
    rates: [1_000, 2_000, 3_000],
    warmupMs: 3_000,
    measureMs: 20_000,
    spread: 102_000,
  },
} as const;

export type Size = (typeof SIZE)['quick' | 'full'];

/** Of one desk when there are several: below the 20,000 files a process may usually open. */
export const PER_DESK = 17_000;
