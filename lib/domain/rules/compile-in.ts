import { type Compiling, constantOf, type Run } from './compile.ts';
import { holdsValue } from './equal.ts';
import type { KindOf } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { isMap } from './guarded.ts';

export function compileIn(c: Compiling, binary: KindOf<'binary'>): Run {
  const { left, right } = binary;
  const run = c.run(left);
  if (right.kind === 'list') {
    const constants = right.items.map((item) => constantOf(c, item));
    if (constants.every((value) => value !== undefined)) return among(run, constants);
  }
  return within(c, binary, run);
}

/** Literals are texts, numbers, truths and null: what a Set tells apart as CEL does. */
function among(run: Run, constants: readonly unknown[]): Run {
  const set: ReadonlySet<unknown> = new Set(constants);
  return (scope) => {
    const value = run(scope);
    return value instanceof RuleFailure ? value : set.has(value);
  };
}

function within(c: Compiling, { right, span }: KindOf<'binary'>, first: Run): Run {
  const second = c.run(right);
  const work = c.work();
  const wrong = new RuleFailure('wrong_type', span);
  const tooMuch = new RuleFailure('too_much_work', span);
  return (scope) => {
    const value = first(scope);
    if (value instanceof RuleFailure) return value;
    const whole = second(scope);
    if (Array.isArray(whole)) return holdsValue(whole, value, work) ?? tooMuch;
    if (!isMap(whole)) return whole instanceof RuleFailure ? whole : wrong;
    if (typeof value === 'string') return Object.hasOwn(whole, value);
    // Maps of JSON have no such keys; CEL asks for them without complaint.
    return typeof value === 'number' || typeof value === 'boolean' ? false : wrong;
  };
}
