import type { Compiling, Run } from './compile.ts';
import { declaredPath, rawPath } from './compile-paths.ts';
import type { Expression } from './expression.ts';
import { RuleFailure } from './failure.ts';

/**
 * An operand whose type its user looks at anyway, with `typeof`: whatever is not of that type goes to
 * `failing`. So a declared field needs no check of its own before the operator's.
 */
export interface Operand {
  run: Run;
  failing(value: unknown): RuleFailure;
}

/** Types that `typeof` tells. A field declared `int` that holds 2.5 is compared as what it is. */
const TOLD = new Set(['string', 'bool', 'double', 'int', 'timestamp', 'duration']);
const WHOLE = new Set(['int', 'timestamp', 'duration']);

/** @param isExact whole numbers, timestamps and durations must be whole */
export function operand(c: Compiling, expression: Expression, isExact = false): Operand {
  const { span } = expression;
  const { kind } = c.typeOf(expression);
  const isTold = TOLD.has(kind) && !(isExact && WHOLE.has(kind));
  const path = isTold ? declaredPath(c, expression) : null;
  const absent = new RuleFailure(kind === 'dyn' ? 'wrong_type' : 'absent', span);
  const wrong = new RuleFailure('wrong_type', span);
  return {
    run: path ? rawPath(path) : c.run(expression),
    failing(value) {
      if (value instanceof RuleFailure) return value;
      return value === undefined || value === null ? absent : wrong;
    },
  };
}
