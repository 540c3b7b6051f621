import type { Span } from './expression.ts';

/** Why an expression had no value when it ran. */
export const FAILURE_CODES = [
  /** An optional field that is not there. */
  'absent',
  'no_such_key',
  /** Data of another type than the schema says, or a custom attribute used as what it is not. */
  'wrong_type',
  'division_by_zero',
  /** A whole number, timestamp or duration beyond its range. */
  'overflow',
  'index_out_of_range',
  'unknown_time_zone',
  'too_much_work',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/**
 * What an expression gives instead of a value. Made when the expression is compiled, one for each place
 * and code, so that failing costs no more than succeeding.
 */
export class RuleFailure {
  readonly code: FailureCode;
  readonly span: Span;
  constructor(code: FailureCode, span: Span) {
    this.code = code;
    this.span = span;
  }
}
