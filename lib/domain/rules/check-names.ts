import type { Checking } from './check.ts';
import type { Expression, KindOf, Span } from './expression.ts';
import { listed, suggest } from './suggest.ts';
import { BOOL, DYN, type Field, type ObjectType, typeName, type ValueType } from './value-types.ts';

/** `event.reason` as it is written, for messages; other expressions have no such name. */
export function writtenPath(expression: Expression): string | null {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'select') return null;
  const before = writtenPath(expression.of);
  return before && `${before}.${expression.field}`;
}

export function checkName(c: Checking, { name, span }: KindOf<'name'>): ValueType | null {
  return declared(c, c.schema, name, '', span)?.type ?? null;
}

/** A field of a group by its name. */
function declared(
  c: Checking,
  { fields }: ObjectType,
  name: string,
  before: string,
  span: Span,
): Field | null {
  const field = fields.get(name);
  if (field) return field;
  return c.report('unknown_name', span, () => {
    const names = [...fields.keys()].map((one) => before + one);
    const suggestion = suggest(before + name, names);
    return { name: before + name, suggestion, known: listed(names) };
  });
}

/** The name after the last dot: what is wrong with a select is there. */
const fieldSpan = ({ field, span }: KindOf<'select' | 'has'>): Span => {
  const end = span.end;
  return { start: end - field.length, end };
};

export function checkSelect(c: Checking, select: KindOf<'select'>): ValueType | null {
  const of = c.group(select.of);
  if (!of) return null;
  if (of.kind === 'object') {
    const before = `${writtenPath(select.of) ?? ''}.`;
    return declared(c, of, select.field, before, fieldSpan(select))?.type ?? null;
  }
  if (of.kind === 'map') return of.of;
  if (of.kind === 'dyn') return DYN;
  const params = { what: 'What stands before a dot', expected: 'something with fields' };
  return c.report('wrong_type', select.of.span, { ...params, found: typeName(of) });
}

export function checkHas(c: Checking, has: KindOf<'has'>): ValueType | null {
  const of = c.group(has.of);
  if (!of) return null;
  if (of.kind === 'map' || of.kind === 'dyn') return BOOL;
  if (of.kind !== 'object') {
    const params = { what: 'What stands before a dot', expected: 'something with fields' };
    return c.report('wrong_type', has.of.span, { ...params, found: typeName(of) });
  }
  const before = `${writtenPath(has.of) ?? ''}.`;
  const field = declared(c, of, has.field, before, has.span);
  if (!field) return null;
  if (!field.optional) c.report('always_there', has.span, { name: before + has.field });
  return BOOL;
}

export function checkIndex(c: Checking, { of, key }: KindOf<'index'>): ValueType | null {
  const type = c.value(of);
  const by = c.value(key);
  if (!type || !by) return null;
  if (type.kind === 'list' && type.of.kind === 'never') {
    const params = { what: 'What stands before [', expected: 'a list with something in it' };
    return c.report('wrong_type', of.span, { ...params, found: 'an empty one' });
  }
  if (type.kind === 'list') return allow(c, key, by, ['int', 'dyn'], 'int') && type.of;
  if (type.kind === 'map') return allow(c, key, by, ['string', 'dyn'], 'string') && type.of;
  if (type.kind === 'dyn')
    return allow(c, key, by, ['int', 'string', 'dyn'], 'int or string') && DYN;
  const params = { what: 'What stands before [', expected: 'a list or a map' };
  return c.report('wrong_type', of.span, { ...params, found: typeName(type) });
}

function allow(c: Checking, key: Expression, by: ValueType, kinds: string[], expected: string) {
  if (kinds.includes(by.kind)) return true;
  const params = { what: 'What stands in [ ]', expected, found: typeName(by) };
  return c.report('wrong_type', key.span, params);
}
