import type { Compiling, Run } from './compile.ts';
import type { BinaryOperator, KindOf, Span } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { DURATION_MAX, INT_MAX, TIMESTAMP_RANGE, WORK_LIMITS } from './limits.ts';
import { operand } from './operand.ts';
import type { ValueType } from './value-types.ts';

type Binary = KindOf<'binary'>;

export function compileArithmetic(c: Compiling, binary: Binary): Run {
  const type = c.typeOf(binary);
  if (type.kind === 'int' && (binary.op === '/' || binary.op === '%')) return divide(c, binary);
  if (type.kind === 'double') return combine(c, binary, () => true);
  if (type.kind === 'string' || type.kind === 'list' || type.kind === 'dyn') return join(c, binary);
  return combine(c, binary, withinRange(type));
}

/** Whole numbers are exact as long as the result is: one rounded sum or product is never in the range. */
function withinRange({ kind }: ValueType): (value: number) => boolean {
  if (kind === 'int') return (value) => value <= INT_MAX && value >= -INT_MAX;
  if (kind === 'timestamp')
    return (value) => value <= TIMESTAMP_RANGE.most && value >= TIMESTAMP_RANGE.least;
  return (value) => value <= DURATION_MAX && value >= -DURATION_MAX;
}

const OPERATIONS: Partial<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

function combine(c: Compiling, binary: Binary, isSound: (value: number) => boolean): Run {
  const { op, left, right, span } = binary;
  const first = operand(c, left, true);
  const second = operand(c, right, true);
  const operation = OPERATIONS[op];
  if (!operation) throw new Error(`${op} is no arithmetic`);
  const overflow = new RuleFailure('overflow', span);
  const isWhole = c.typeOf(binary).kind !== 'double';
  return (scope) => {
    const a = first.run(scope);
    if (typeof a !== 'number') return first.failing(a);
    const b = second.run(scope);
    if (typeof b !== 'number') return second.failing(b);
    const value = operation(a, b);
    if (!isSound(value)) return overflow;
    // -3 * 0 is -0 to doubles, which whole numbers have not.
    return isWhole ? value + 0 : value;
  };
}

/** Towards zero, the remainder with the sign of what is divided; exact, since a - a % b divides evenly. */
function divide(c: Compiling, { op, left, right, span }: Binary): Run {
  const first = c.run(left);
  const second = c.run(right);
  const byZero = new RuleFailure('division_by_zero', span);
  const isQuotient = op === '/';
  return (scope) => {
    const a = first(scope);
    if (typeof a !== 'number') return a;
    const b = second(scope);
    if (typeof b !== 'number') return b;
    if (b === 0) return byZero;
    const rest = a % b;
    return (isQuotient ? (a - rest) / b : rest) + 0;
  };
}

/** Texts, lists, and what only the values can say. */
function join(c: Compiling, { left, right, span }: Binary): Run {
  const first = c.run(left);
  const second = c.run(right);
  const wrong = new RuleFailure('wrong_type', span);
  return (scope) => {
    const a = first(scope);
    if (a instanceof RuleFailure) return a;
    const b = second(scope);
    if (b instanceof RuleFailure) return b;
    if (typeof a === 'number' && typeof b === 'number') return a + b;
    if (typeof a === 'string' && typeof b === 'string') return bounded(a + b, span);
    return Array.isArray(a) && Array.isArray(b) ? bounded(a.concat(b), span) : wrong;
  };
}

const bounded = (value: string | unknown[], span: Span): unknown =>
  value.length > WORK_LIMITS.joined ? new RuleFailure('too_much_work', span) : value;
