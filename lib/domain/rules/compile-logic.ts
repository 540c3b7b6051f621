import type { Compiling, Run } from './compile.ts';
import type { Expression, KindOf } from './expression.ts';
import type { RuleFailure } from './failure.ts';
import { type Operand, operand } from './operand.ts';

export function compileNot(c: Compiling, { of }: KindOf<'not' | 'negate'>): Run {
  const { run, failing } = operand(c, of);
  return (scope) => {
    const value = run(scope);
    return typeof value === 'boolean' ? !value : failing(value);
  };
}

/**
 * CEL's && and || do not mind the order: one operand that decides is enough, even beside one that
 * fails. Only when none decides does a failure count, the first of them.
 */
export function compileLogic(c: Compiling, binary: KindOf<'binary'>): Run {
  const runs = operands(binary, binary.op).map((one) => operand(c, one));
  const decides = binary.op === '||';
  const [first, second, third] = runs;
  if (runs.length === 2 && first && second) return two(first, second, decides);
  if (runs.length === 3 && first && second && third) return three(first, second, third, decides);
  return (scope) => {
    let failure: RuleFailure | null = null;
    for (const { run, failing } of runs) {
      const value = run(scope);
      if (value === decides) return decides;
      if (typeof value !== 'boolean') failure ??= failing(value);
    }
    return failure ?? !decides;
  };
}

/** a && b && c is one question with three operands, however it was put in brackets. */
function operands(expression: Expression, op: string): Expression[] {
  const found: Expression[] = [];
  const waiting: Expression[] = [expression];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.kind === 'binary' && next.op === op) waiting.push(next.right, next.left);
    else found.push(next);
  }
  return found;
}

function two(first: Operand, second: Operand, decides: boolean): Run {
  return (scope) => {
    const a = first.run(scope);
    if (a === decides) return decides;
    const b = second.run(scope);
    if (b === decides) return decides;
    if (typeof a !== 'boolean') return first.failing(a);
    return typeof b === 'boolean' ? b : second.failing(b);
  };
}

function three(first: Operand, second: Operand, third: Operand, decides: boolean): Run {
  return (scope) => {
    const a = first.run(scope);
    if (a === decides) return decides;
    const b = second.run(scope);
    if (b === decides) return decides;
    const c = third.run(scope);
    if (c === decides) return decides;
    if (typeof a !== 'boolean') return first.failing(a);
    if (typeof b !== 'boolean') return second.failing(b);
    return typeof c === 'boolean' ? c : third.failing(c);
  };
}

export function compileChoice(c: Compiling, { test, yes, no }: KindOf<'choice'>): Run {
  const condition = operand(c, test);
  const then = c.run(yes);
  const otherwise = c.run(no);
  return (scope) => {
    const value = condition.run(scope);
    if (value === true) return then(scope);
    return value === false ? otherwise(scope) : condition.failing(value);
  };
}
