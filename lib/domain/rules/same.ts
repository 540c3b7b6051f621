import type { Expression } from './expression.ts';
import { printRule } from './print.ts';

/**
 * Whether two conditions are written alike, apart from spaces, comments, quotes and the brackets of
 * `a && (b && c)`. Conditions that mean the same otherwise (`a && b`, `b && a`) are not found equal.
 */
export const sameRule = (a: Expression, b: Expression): boolean =>
  printRule(regrouped(a)) === printRule(regrouped(b));

/** && and || group from the left. */
function regrouped(expression: Expression): Expression {
  switch (expression.kind) {
    case 'binary': {
      const { op, span } = expression;
      const [left, right] = [regrouped(expression.left), regrouped(expression.right)];
      const isLogic = op === '&&' || op === '||';
      if (isLogic && right.kind === 'binary' && right.op === op) {
        const inner = { ...right, left: regrouped({ ...expression, left, right: right.left }) };
        return { ...inner, span };
      }
      return { ...expression, left, right };
    }
    case 'select':
    case 'has':
    case 'not':
    case 'negate':
      return { ...expression, of: regrouped(expression.of) };
    case 'index':
      return { ...expression, of: regrouped(expression.of), key: regrouped(expression.key) };
    case 'list':
      return { ...expression, items: expression.items.map(regrouped) };
    case 'call':
      return { ...expression, args: expression.args.map(regrouped) };
    case 'choice': {
      const { test, yes, no } = expression;
      return { ...expression, test: regrouped(test), yes: regrouped(yes), no: regrouped(no) };
    }
    default:
      return expression;
  }
}
