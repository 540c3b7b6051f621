import type { Run } from './compile.ts';
import type { BinaryOperator } from './expression.ts';
import type { Operand } from './operand.ts';

/** One closure for each operator: what differs is decided when the rule is compiled, not when it runs. */
export function compareNumberWith(
  op: BinaryOperator,
  { run, failing }: Operand,
  constant: number,
): Run {
  switch (op) {
    case '==':
      return (scope) => {
        const value = run(scope);
        return typeof value === 'number' ? value === constant : failing(value);
      };
    case '!=':
      return (scope) => {
        const value = run(scope);
        return typeof value === 'number' ? value !== constant : failing(value);
      };
    case '<':
      return (scope) => {
        const value = run(scope);
        return typeof value === 'number' ? value < constant : failing(value);
      };
    case '<=':
      return (scope) => {
        const value = run(scope);
        return typeof value === 'number' ? value <= constant : failing(value);
      };
    case '>':
      return (scope) => {
        const value = run(scope);
        return typeof value === 'number' ? value > constant : failing(value);
      };
    default:
      return (scope) => {
        const value = run(scope);
        return typeof value === 'number' ? value >= constant : failing(value);
      };
  }
}

type Compare = (a: number, b: number) => boolean;

export const COMPARE: Partial<Record<BinaryOperator, Compare>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

export function compareNumbers(op: BinaryOperator, left: Operand, right: Operand): Run {
  const compare = COMPARE[op];
  if (!compare) throw new Error(`${op} compares nothing`);
  return (scope) => {
    const a = left.run(scope);
    if (typeof a !== 'number') return left.failing(a);
    const b = right.run(scope);
    return typeof b === 'number' ? compare(a, b) : right.failing(b);
  };
}
