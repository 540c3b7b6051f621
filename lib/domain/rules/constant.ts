import { check, type Types } from './check.ts';
import { compile } from './compile.ts';
import { type Expression, type KindOf, partsOf } from './expression.ts';
import type { RuleSchema } from './schema.ts';

/** What a condition gives whatever it sees; null when that depends on what it sees. */
export type Fold = true | false | 'fails' | null;

/** Whether a condition without errors is constant: by its operators and literals, not by arithmetic on names. */
export function foldRule(expression: Expression, schema: RuleSchema): Fold {
  const { types, findings } = check(expression, schema);
  return findings.some(({ code }) => code !== 'always_there') ? null : fold(expression, types);
}

/** The same of an expression that was checked already. */
export function fold(expression: Expression, types: Types): Fold {
  if (isClosed(expression)) {
    const value = compile(expression, types)({});
    return typeof value === 'boolean' ? value : 'fails';
  }
  switch (expression.kind) {
    case 'not': {
      const inner = fold(expression.of, types);
      return typeof inner === 'boolean' ? !inner : inner;
    }
    case 'binary':
      return foldLogic(expression, types);
    case 'choice': {
      const test = fold(expression.test, types);
      if (test === null || test === 'fails') return test;
      return fold(test ? expression.yes : expression.no, types);
    }
    default:
      return null;
  }
}

/** One side that decides is enough; see `compileLogic`. */
function foldLogic({ op, left, right }: KindOf<'binary'>, types: Types): Fold {
  if (op !== '&&' && op !== '||') return null;
  const decides = op === '||';
  const [a, b] = [fold(left, types), fold(right, types)];
  if (a === decides || b === decides) return decides;
  if (a === null || b === null) return null;
  return a === 'fails' || b === 'fails' ? 'fails' : !decides;
}

const isClosed = (expression: Expression): boolean =>
  expression.kind !== 'name' && partsOf(expression).every(isClosed);
