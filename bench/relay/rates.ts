/** messages/s; in a quick run fewer, and for a shorter time each. */
export const PACE = {
  quick: {
    warmupMs: 600,
    measureMs: 1_700,
    warm: { rate: 4_000, ms: 6_000 },
    desk: [3_000, 6_000, 9_000, 12_000, 15_000, 18_000, 24_000],
    bare: [12_000, 18_000, 24_000, 30_000, 40_000],
    refinements: 0,
  },
  full: {
    warmupMs: 3_000,
    measureMs: 10_000,
    warm: { rate: 4_000, ms: 8_000 },
    desk: [
      1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000, 24_000,
      28_000, 32_000,
    ],
    bare: [
      4_000, 8_000, 12_000, 16_000, 20_000, 24_000, 28_000, 32_000, 36_000, 40_000, 48_000, 56_000,
    ],
    refinements: 2,
  },
} as const;

/** Agents' share as on a busy day: 25 conversations each. */
export const SIZE = {
  quick: { talks: 1_000, agents: 40 },
  full: { talks: 5_000, agents: 200 },
} as const;

/** The bar of the field's own articles. ms */
export const P99_MS = 55;

/** Share of a core, or of all, beyond which there was nothing left of it. */
export const KEEPS_UP = 0.9;
