import { checkBinary } from './check-binary.ts';
import { checkCall } from './check-calls.ts';
import { checkHas, checkIndex, checkName, checkSelect } from './check-names.ts';
import { isTextual, readTextual } from './check-textual.ts';
import type { Expression, KindOf, Span } from './expression.ts';
import type { Finding } from './issue.ts';
import { type IssueCode, WARNINGS } from './issue-texts.ts';
import { RULE_LIMITS } from './limits.ts';
import type { RuleSchema } from './schema.ts';
import { BOOL, joined, NEVER, typeName, type ValueType } from './value-types.ts';

/** The type of every expression inside a checked one. */
export type Types = ReadonlyMap<Expression, ValueType>;

export interface Checked {
  types: Types;
  /** null when it has none, because of what `findings` say. */
  type: ValueType | null;
  findings: Finding[];
}

type Params = Record<string, string>;

/** What the parts of the checker share. */
export interface Checking {
  schema: RuleSchema;
  /**
   * @param expected makes a text a time of day or a date
   * @returns null after a finding: nothing more is said of what follows from it
   */
  value(expression: Expression, expected?: ValueType): ValueType | null;
  /** The same, but a group of fields may come out: left of a dot. */
  group(expression: Expression): ValueType | null;
  /** @param params asked for only while there is room: a suggestion looks at every name */
  report(code: IssueCode, span: Span, params?: Params | (() => Params)): null;
}

/** Names, types and literals of an expression against what it may see. */
export function check(expression: Expression, schema: RuleSchema): Checked {
  const types = new Map<Expression, ValueType>();
  const findings: Finding[] = [];
  const group = (inner: Expression, expected?: ValueType): ValueType | null => {
    const type = typeOf(checking, inner, expected);
    if (type) types.set(inner, type);
    return type;
  };
  const checking: Checking = {
    schema,
    group,
    value(inner, expected) {
      const type = group(inner, expected);
      if (type?.kind !== 'object') return type;
      return checking.report('not_a_value', inner.span, { name: lastName(inner) });
    },
    report(code, span, params = {}) {
      const isWarning = WARNINGS.has(code);
      const told = findings.filter((one) => WARNINGS.has(one.code) === isWarning).length;
      if (told < RULE_LIMITS.issues)
        findings.push({ code, span, params: typeof params === 'function' ? params() : params });
      return null;
    },
  };
  const type = checking.value(expression);
  return { types, type, findings };
}

const lastName = (expression: Expression): string => {
  if (expression.kind === 'name') return expression.name;
  return expression.kind === 'select' ? expression.field : 'This';
};

function typeOf(c: Checking, expression: Expression, expected?: ValueType): ValueType | null {
  switch (expression.kind) {
    case 'literal':
      if (expression.type === 'string' && expected && isTextual(expected))
        return readTextual(c, expression, expected);
      return { kind: expression.type };
    case 'name':
      return checkName(c, expression);
    case 'select':
      return checkSelect(c, expression);
    case 'index':
      return checkIndex(c, expression);
    case 'has':
      return checkHas(c, expression);
    case 'list':
      return checkList(c, expression, expected?.kind === 'list' ? expected.of : undefined);
    case 'not':
      return yesOrNo(c, expression.of, '!') && BOOL;
    case 'negate':
      return checkNegate(c, expression);
    case 'binary':
      return checkBinary(c, expression);
    case 'choice':
      return checkChoice(c, expression, expected);
    case 'call':
      return checkCall(c, expression);
    default:
      return expression satisfies never;
  }
}

/** An operand that must be true or false; `dyn` is asked when it runs. */
export function yesOrNo(c: Checking, operand: Expression, op: string): ValueType | null {
  const type = c.value(operand);
  if (!type || type.kind === 'bool' || type.kind === 'dyn') return type;
  const params = { what: `What stands with ${op}`, expected: 'bool', found: typeName(type) };
  return c.report('wrong_type', operand.span, params);
}

function checkNegate(c: Checking, { of }: KindOf<'not' | 'negate'>): ValueType | null {
  const type = c.value(of);
  if (!type || type.kind === 'int' || type.kind === 'double') return type;
  if (type.kind === 'dyn') return { kind: 'double' };
  const params = { what: 'What stands after -', expected: 'a number', found: typeName(type) };
  return c.report('wrong_type', of.span, params);
}

function checkList(c: Checking, { items }: KindOf<'list'>, expected?: ValueType): ValueType | null {
  let of: ValueType | null = NEVER;
  let sound = true;
  for (const item of items) {
    const type = c.value(item, expected);
    if (!type) sound = false;
    if (!type || !of) continue;
    const first: string = typeName(of);
    of = joined(of, type);
    if (!of) c.report('mixed_list', item.span, { first, other: typeName(type) });
  }
  return sound && of ? { kind: 'list', of } : null;
}

function checkChoice(
  c: Checking,
  { test, yes, no, span }: KindOf<'choice'>,
  expected?: ValueType,
): ValueType | null {
  const condition = yesOrNo(c, test, '?');
  const first = c.value(yes, expected);
  const second = c.value(no, expected);
  if (!condition || !first || !second) return null;
  const type = joined(first, second);
  if (type) return type;
  const params = { op: '?:', left: typeName(first), right: typeName(second) };
  return c.report('not_comparable', span, params);
}
