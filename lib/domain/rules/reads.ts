import { writtenPath } from './check-names.ts';
import { type Expression, partsOf } from './expression.ts';

/**
 * The fields an expression reads or asks for with has(), each once, in the order of the text:
 * `event.reason`, `attributes.plan`; under brackets only as far as the bracket, `attributes`.
 */
export function fieldsOf(expression: Expression): string[] {
  const found = new Set<string>();
  collect(expression, found);
  return [...found];
}

function collect(expression: Expression, found: Set<string>): void {
  const path = writtenPath(expression);
  if (path !== null) {
    found.add(path);
    return;
  }
  const before = expression.kind === 'has' ? writtenPath(expression.of) : null;
  if (expression.kind === 'has' && before !== null) found.add(`${before}.${expression.field}`);
  else for (const part of partsOf(expression)) collect(part, found);
}
