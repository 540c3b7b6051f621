import { readDate, readTime } from './calendar.ts';
import type { Checking } from './check.ts';
import type { Expression, Literal } from './expression.ts';
import { DATE, TIME, type ValueType } from './value-types.ts';

/** Types whose literals are texts; elsewhere a text never becomes one. */
export const isTextual = ({ kind }: ValueType): boolean => kind === 'time' || kind === 'date';

/** A text beside a time of day or a date must be one, so that "9:00" is refused instead of compared. */
export function readTextual(c: Checking, literal: Literal, expected: ValueType): ValueType | null {
  const value = String(literal.value);
  if (expected.kind === 'time')
    return readTime(value) === null ? c.report('bad_time', literal.span, { value }) : TIME;
  return readDate(value) === null ? c.report('bad_date', literal.span, { value }) : DATE;
}

/**
 * The types of two operands, of which one may say what the texts in the other are.
 * @param right as a list when the operator is `in`
 */
export function bothTypes(
  c: Checking,
  left: Expression,
  right: Expression,
  isIn: boolean,
): [ValueType | null, ValueType | null] {
  if (!mayBeTextual(left)) {
    const first = c.value(left);
    const expected = first && isTextual(first) ? first : undefined;
    return [first, c.value(right, expected && isIn ? { kind: 'list', of: expected } : expected)];
  }
  const second = c.value(right);
  const of = isIn && second?.kind === 'list' ? second.of : second;
  return [c.value(left, of && isTextual(of) ? of : undefined), second];
}

/** Texts in quotes, which have to wait for the other side. */
const mayBeTextual = (expression: Expression): boolean =>
  (expression.kind === 'literal' && expression.type === 'string') ||
  (expression.kind === 'choice' && mayBeTextual(expression.yes)) ||
  (expression.kind === 'list' && expression.items.some(mayBeTextual));
