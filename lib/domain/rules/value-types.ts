/**
 * Types of values. `int` and `double` are both doubles at run time, kept apart by the checker; `dyn` is
 * what JSON may hold (custom attributes), its numbers are doubles. Timestamps and durations are ms;
 * `time` (of day) is minutes, `date` days since 1970: they come from functions only and are written as
 * texts, "09:00" and "2026-10-01". `never` is what an empty list holds.
 */
export type ScalarKind =
  | 'int'
  | 'double'
  | 'bool'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'time'
  | 'date'
  | 'dyn'
  | 'never';

export interface Field {
  readonly type: ValueType;
  /** undefined and null both mean that it is not there. */
  readonly optional: boolean;
}

export interface ObjectType {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, Field>;
}

export type ValueType =
  | { readonly kind: ScalarKind }
  /** With `values` it is one of them and nothing else. */
  | { readonly kind: 'string'; readonly values?: readonly string[] }
  | { readonly kind: 'list'; readonly of: ValueType }
  | { readonly kind: 'map'; readonly of: ValueType }
  | ObjectType;

export const STRING: ValueType = { kind: 'string' };
export const INT: ValueType = { kind: 'int' };
export const DOUBLE: ValueType = { kind: 'double' };
export const BOOL: ValueType = { kind: 'bool' };
export const NULL: ValueType = { kind: 'null' };
export const TIMESTAMP: ValueType = { kind: 'timestamp' };
export const DURATION: ValueType = { kind: 'duration' };
export const TIME: ValueType = { kind: 'time' };
export const DATE: ValueType = { kind: 'date' };
export const DYN: ValueType = { kind: 'dyn' };
export const NEVER: ValueType = { kind: 'never' };

/** As messages and editors say it: `list<string>`. */
export function typeName(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return type.of.kind === 'never' ? 'list' : `list<${typeName(type.of)}>`;
    case 'map':
      return `map<${typeName(type.of)}>`;
    case 'object':
      return 'a group of fields';
    case 'dyn':
      return 'any value';
    case 'time':
      return 'time of day';
    default:
      return type.kind;
  }
}

export const isNumber = ({ kind }: ValueType): boolean => kind === 'int' || kind === 'double';

/** Doubles and integers at run time: what `===` and `<` compare as numbers. */
export const isNumeric = (type: ValueType): boolean =>
  isNumber(type) || ['timestamp', 'duration', 'time', 'date'].includes(type.kind);

/** Never found in JSON, so never what a `dyn` is; as `dyn` it would look like a plain number. */
const isOutsideJson = (type: ValueType): boolean =>
  type.kind === 'list' || type.kind === 'map'
    ? isOutsideJson(type.of)
    : ['timestamp', 'duration', 'time', 'date', 'object'].includes(type.kind);

/** Whether `==` may ask: numbers with numbers, like with like, `dyn` with whatever JSON holds. */
export function areComparable(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'object' || b.kind === 'object') return false;
  if (a.kind === 'never' || b.kind === 'never') return true;
  if (a.kind === 'dyn' || b.kind === 'dyn') return !isOutsideJson(a) && !isOutsideJson(b);
  if (isNumber(a) && isNumber(b)) return true;
  if ((a.kind === 'list' && b.kind === 'list') || (a.kind === 'map' && b.kind === 'map'))
    return areComparable(a.of, b.of);
  return a.kind === b.kind;
}

/**
 * The type of what is one or the other, or null. `int` never becomes `dyn` or `double`: at run time
 * it would look like a decimal, which CEL tells apart.
 */
export function joined(a: ValueType, b: ValueType): ValueType | null {
  if (a.kind === 'object' || b.kind === 'object') return null;
  if (a.kind === 'never') return b;
  if (b.kind === 'never') return a;
  if (a.kind === 'dyn' || b.kind === 'dyn') {
    const other = a.kind === 'dyn' ? b : a;
    return holdsInt(other) || isOutsideJson(other) ? null : DYN;
  }
  if (a.kind === 'string' && b.kind === 'string')
    return a.values && b.values ? { kind: 'string', values: [...a.values, ...b.values] } : STRING;
  if ((a.kind === 'list' && b.kind === 'list') || (a.kind === 'map' && b.kind === 'map')) {
    const of = joined(a.of, b.of);
    return of && { kind: a.kind, of };
  }
  return a.kind === b.kind ? a : null;
}

const holdsInt = (type: ValueType): boolean =>
  type.kind === 'list' || type.kind === 'map' ? holdsInt(type.of) : type.kind === 'int';
