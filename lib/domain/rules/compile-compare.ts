import { COMPARE, compareNumbers, compareNumberWith } from './compare-numbers.ts';
import { type Compiling, constantOf, type Run } from './compile.ts';
import { equal } from './equal.ts';
import type { BinaryOperator, KindOf } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { operand } from './operand.ts';
import { compareTexts } from './text-order.ts';
import { isNumeric } from './value-types.ts';

type Binary = KindOf<'binary'>;

export function compileComparison(c: Compiling, binary: Binary): Run {
  const { op, left, right } = binary;
  const [a, b] = [c.typeOf(left), c.typeOf(right)];
  const isOrder = op !== '==' && op !== '!=';
  const areNumbers = isNumeric(a) && isNumeric(b);
  // Beside a number a custom attribute is in order only when it is one too.
  if (areNumbers || (isOrder && (isNumeric(a) || isNumeric(b)))) {
    const constant = constantOf(c, right);
    return typeof constant === 'number'
      ? compareNumberWith(op, operand(c, left), constant)
      : compareNumbers(op, operand(c, left), operand(c, right));
  }
  if (!isOrder) return compileEqual(c, binary);
  return compileOrder(c, binary);
}

function compileEqual(c: Compiling, { op, left, right, span }: Binary): Run {
  const isEqual = op === '==';
  const [a, b] = [c.typeOf(left).kind, c.typeOf(right).kind];
  const constant = constantOf(c, right);
  if (a === 'string' && typeof constant === 'string') {
    const { run, failing } = operand(c, left);
    return (scope) => {
      const value = run(scope);
      return typeof value === 'string' ? (value === constant) === isEqual : failing(value);
    };
  }
  const first = c.run(left);
  if (constant !== undefined)
    return (scope) => {
      const value = first(scope);
      return value instanceof RuleFailure ? value : (value === constant) === isEqual;
    };
  const second = c.run(right);
  const scalar = (a === 'string' && b === 'string') || (a === 'bool' && b === 'bool');
  if (scalar)
    return (scope) => {
      const x = first(scope);
      if (typeof x === 'object') return x;
      const y = second(scope);
      return typeof y === 'object' ? y : (x === y) === isEqual;
    };
  const tooMuch = new RuleFailure('too_much_work', span);
  const work = c.work();
  return (scope) => {
    const x = first(scope);
    if (x instanceof RuleFailure) return x;
    const y = second(scope);
    if (y instanceof RuleFailure) return y;
    const result = equal(x, y, work);
    return result === null ? tooMuch : result === isEqual;
  };
}

/** @param order negative, zero or positive */
function holds(op: BinaryOperator, order: number): boolean {
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  return op === '>' ? order > 0 : order >= 0;
}

/** Texts, truths, and what only the values can say. */
function compileOrder(c: Compiling, { op, left, right, span }: Binary): Run {
  const first = c.run(left);
  const second = c.run(right);
  const wrong = new RuleFailure('wrong_type', span);
  const tooMuch = new RuleFailure('too_much_work', span);
  const work = c.work();
  return (scope) => {
    const a = first(scope);
    if (a instanceof RuleFailure) return a;
    const b = second(scope);
    if (b instanceof RuleFailure) return b;
    if (typeof a === 'string' && typeof b === 'string')
      return work.take(Math.min(a.length, b.length)) ? holds(op, compareTexts(a, b)) : tooMuch;
    if (typeof a === 'number' && typeof b === 'number') return COMPARE[op]?.(a, b) ?? wrong;
    if (typeof a === 'boolean' && typeof b === 'boolean') return holds(op, Number(a) - Number(b));
    return wrong;
  };
}
