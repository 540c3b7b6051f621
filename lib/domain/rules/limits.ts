/**
 * What one expression may be and do. Checked before anything that costs more than one pass over the
 * text, so that whatever somebody types, imports or posts is refused or read in a few milliseconds.
 */
export const RULE_LIMITS = {
  /** UTF-16 units of source text. A long guard written by hand has some 300. */
  source: 4_000,
  /** Words, literals and signs. */
  tokens: 1_000,
  /** Brackets in brackets. */
  depth: 32,
  /** `!` or `-` in a row. */
  prefixes: 8,
  /** `?` in one expression. */
  choices: 24,
  /** UTF-16 units of one literal between its quotes. */
  text: 1_000,
  /** Characters of one number. */
  digits: 32,
  items: 200,
  /** Errors told at once, and warnings: whoever reads more has lost the place. */
  issues: 20,
} as const;

/** What one evaluation may cost beyond its own parts; all beyond fails with `too_much_work`. */
export const WORK_LIMITS = {
  /** Letters that a search, an order or size() may at worst look at: some ms at the most. */
  total: 5_000_000,
  /** Two values compared by `==` or `in` count as so many letters. */
  compared: 100,
  /** Lists in lists of data. */
  depth: 32,
  /** UTF-16 units of a joined text, items of a joined list. */
  joined: 100_000,
} as const;

/** Integers are exact doubles: everything beyond is refused, never rounded. */
export const INT_MAX = Number.MAX_SAFE_INTEGER;

/** Years 1 to 9999, ms since the epoch: CEL's range of timestamps. */
export const TIMESTAMP_RANGE = { least: -62_135_596_800_000, most: 253_402_300_799_999 } as const;

/** ± 292 years in ms: CEL's durations are 64 bits of nanoseconds. */
export const DURATION_MAX = 9_223_372_036_854;
