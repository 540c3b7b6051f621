import { type Checking, yesOrNo } from './check.ts';
import { bothTypes } from './check-textual.ts';
import type { Arithmetic, BinaryOperator, Expression, KindOf } from './expression.ts';
import { listed, suggest } from './suggest.ts';
import {
  areComparable,
  BOOL,
  DOUBLE,
  DURATION,
  DYN,
  isNumber,
  joined,
  STRING,
  TIMESTAMP,
  typeName,
  type ValueType,
} from './value-types.ts';

type Binary = KindOf<'binary'>;

export function checkBinary(c: Checking, binary: Binary): ValueType | null {
  const { op, left, right } = binary;
  if (op === '&&' || op === '||') {
    const first = yesOrNo(c, left, op);
    const second = yesOrNo(c, right, op);
    return first && second && BOOL;
  }
  const [a, b] = bothTypes(c, left, right, op === 'in');
  if (!a || !b) return null;
  switch (op) {
    case '==':
    case '!=':
      return checkEqual(c, binary, a, b);
    case 'in':
      return checkIn(c, binary, a, b);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return areOrdered(a, b) ? BOOL : mismatch(c, binary, a, b);
    default: {
      const type = arithmetic(op, a, b);
      if (type) return type;
      const mixed = isNumber(a) ? isNumber(b) || b.kind === 'dyn' : a.kind === 'dyn' && isNumber(b);
      return mixed && op !== '%'
        ? c.report('mixed_numbers', binary.span, sides(op, a, b))
        : mismatch(c, binary, a, b);
    }
  }
}

const sides = (op: BinaryOperator, a: ValueType, b: ValueType) => ({
  op,
  left: typeName(a),
  right: typeName(b),
});

const mismatch = (c: Checking, { op, span }: Binary, a: ValueType, b: ValueType): null =>
  c.report('not_comparable', span, sides(op, a, b));

function checkEqual(c: Checking, binary: Binary, a: ValueType, b: ValueType): ValueType | null {
  if (!areComparable(a, b)) {
    const other = a.kind === 'null' ? b : a;
    return a.kind === 'null' || b.kind === 'null'
      ? c.report('never_null', binary.span, { type: typeName(other) })
      : mismatch(c, binary, a, b);
  }
  knownValue(c, a, binary.right);
  knownValue(c, b, binary.left);
  return BOOL;
}

function checkIn(c: Checking, binary: Binary, a: ValueType, b: ValueType): ValueType | null {
  if (b.kind === 'dyn') return areComparable(a, b) ? BOOL : mismatch(c, binary, a, b);
  if (b.kind === 'map')
    return a.kind === 'string' || a.kind === 'dyn' ? BOOL : mismatch(c, binary, a, b);
  if (b.kind !== 'list') {
    const params = { what: 'What stands after in', expected: 'a list', found: typeName(b) };
    return c.report('wrong_type', binary.right.span, params);
  }
  if (!areComparable(a, b.of)) return mismatch(c, binary, a, b);
  if (binary.right.kind === 'list') for (const item of binary.right.items) knownValue(c, a, item);
  knownValue(c, b.of, binary.left);
  return BOOL;
}

/** A text that is one of few is not compared with another. */
function knownValue(c: Checking, type: ValueType, other: Expression): void {
  if (type.kind !== 'string' || !type.values || other.kind !== 'literal') return;
  const value = String(other.value);
  const { values } = type;
  if (other.type !== 'string' || values.includes(value)) return;
  c.report('unknown_value', other.span, () => ({
    value,
    suggestion: suggest(value, values),
    known: listed(values),
  }));
}

const ORDERED = ['string', 'bool', 'timestamp', 'duration', 'time', 'date'];

function areOrdered(a: ValueType, b: ValueType): boolean {
  if (isNumber(a) && isNumber(b)) return true;
  if (a.kind === 'dyn' || b.kind === 'dyn') {
    const other = a.kind === 'dyn' ? b : a;
    return isNumber(other) || ['string', 'bool', 'dyn'].includes(other.kind);
  }
  return a.kind === b.kind && ORDERED.includes(a.kind);
}

/** CEL's table of operators, for the types there are; null: there is no such operator. */
function arithmetic(op: Arithmetic, a: ValueType, b: ValueType): ValueType | null {
  if (op === '%') return a.kind === 'int' && b.kind === 'int' ? a : null;
  if (isNumber(a) && a.kind === b.kind) return a;
  if (a.kind === 'dyn' || b.kind === 'dyn') return withDyn(op, a, b);
  if (op === '+') {
    if (a.kind === 'string' && b.kind === 'string') return STRING;
    if (a.kind === 'list' && b.kind === 'list') return joined(a, b);
    if (a.kind === 'timestamp' && b.kind === 'duration') return TIMESTAMP;
    if (a.kind === 'duration' && b.kind === 'timestamp') return TIMESTAMP;
    return a.kind === 'duration' && b.kind === 'duration' ? DURATION : null;
  }
  if (op !== '-') return null;
  if (a.kind === 'timestamp' && b.kind === 'duration') return TIMESTAMP;
  return a.kind === b.kind && (a.kind === 'timestamp' || a.kind === 'duration') ? DURATION : null;
}

/** Numbers of JSON are doubles, so what is known to be an `int` does not go with them. */
function withDyn(op: Arithmetic, a: ValueType, b: ValueType): ValueType | null {
  const other = a.kind === 'dyn' ? b : a;
  if (other.kind !== 'dyn' && other.kind !== 'double') {
    if (op !== '+') return null;
    return other.kind === 'string' || other.kind === 'list' ? joined(DYN, other) : null;
  }
  return op === '+' ? DYN : DOUBLE;
}
