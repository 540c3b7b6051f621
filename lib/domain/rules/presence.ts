import { writtenPath } from './check-names.ts';
import { type Expression, type KindOf, partsOf } from './expression.ts';
import type { Finding } from './issue.ts';
import type { RuleSchema } from './schema.ts';
import type { Field, ValueType } from './value-types.ts';

type Known = ReadonlySet<string>;

/**
 * Optional fields that are read where nothing says that they are there. Since && and || do not mind
 * the order, has() serves from either side.
 */
export function absences(expression: Expression, schema: RuleSchema): Finding[] {
  const findings: Finding[] = [];
  walk(expression, new Set());
  return findings;

  function walk(inner: Expression, known: Known): void {
    if (inner.kind === 'binary' && (inner.op === '&&' || inner.op === '||')) {
      const all = new Set([...known, ...promised(inner, inner.op === '&&')]);
      for (const operand of [inner.left, inner.right]) walk(operand, all);
      return;
    }
    if (inner.kind === 'choice') {
      walk(inner.test, known);
      walk(inner.yes, new Set([...known, ...promised(inner.test, true)]));
      walk(inner.no, new Set([...known, ...promised(inner.test, false)]));
      return;
    }
    if (inner.kind === 'name' || inner.kind === 'select') note(inner, known);
    for (const part of partsOf(inner)) walk(part, known);
  }

  function note(inner: KindOf<'name' | 'select'>, known: Known): void {
    const name = writtenPath(inner);
    if (name === null || known.has(name) || !fieldOf(inner, schema)?.optional) return;
    findings.push({ code: 'maybe_absent', span: inner.span, params: { name } });
  }
}

/** The fields that are there when `expression` has the given truth. */
function promised(expression: Expression, truth: boolean): string[] {
  if (expression.kind === 'not') return promised(expression.of, !truth);
  if (expression.kind === 'has') {
    const before = writtenPath(expression.of);
    return truth && before !== null ? [`${before}.${expression.field}`] : [];
  }
  if (expression.kind !== 'binary' || expression.op !== (truth ? '&&' : '||')) return [];
  return [...promised(expression.left, truth), ...promised(expression.right, truth)];
}

function fieldOf(expression: Expression, schema: RuleSchema): Field | undefined {
  if (expression.kind === 'name') return schema.fields.get(expression.name);
  if (expression.kind !== 'select') return undefined;
  const group: ValueType | undefined = fieldOf(expression.of, schema)?.type;
  return group?.kind === 'object' ? group.fields.get(expression.field) : undefined;
}
