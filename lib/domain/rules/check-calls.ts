import { readDuration, readTimestamp } from './calendar.ts';
import type { Checking } from './check.ts';
import type { Expression, FunctionName, KindOf } from './expression.ts';
import {
  BOOL,
  DATE,
  DURATION,
  INT,
  STRING,
  TIME,
  TIMESTAMP,
  typeName,
  type ValueType,
} from './value-types.ts';
import { isZone } from './zones.ts';

interface Signature {
  /** As a hint writes it. */
  written: string;
  takes: readonly (readonly ValueType['kind'][])[];
  gives: ValueType;
}

const TEXT = ['string', 'dyn'] as const;
const zoned = (name: string, gives: ValueType): Signature => ({
  written: `${name}(now, "Asia/Shanghai")`,
  takes: [['timestamp'], ['string']],
  gives,
});
const method = (name: string): Signature => ({
  written: `text.${name}("…")`,
  takes: [TEXT, TEXT],
  gives: BOOL,
});

/** How each function is written, what it takes and what it gives: an editor offers them from here. */
export const SIGNATURES: Record<FunctionName, Signature> = {
  size: { written: 'size(x)', takes: [['string', 'list', 'map', 'dyn']], gives: INT },
  duration: { written: 'duration("5m")', takes: [['string']], gives: DURATION },
  timestamp: {
    written: 'timestamp("2026-01-31T09:00:00Z")',
    takes: [['string']],
    gives: TIMESTAMP,
  },
  timeOfDay: zoned('timeOfDay', TIME),
  dayOfWeek: zoned('dayOfWeek', INT),
  dateOf: zoned('dateOf', DATE),
  startsWith: method('startsWith'),
  endsWith: method('endsWith'),
  contains: method('contains'),
};

export function checkCall(c: Checking, call: KindOf<'call'>): ValueType | null {
  const { name, args, span } = call;
  const { written, takes, gives } = SIGNATURES[name];
  const types = args.map((arg) => c.value(arg));
  if (args.length !== takes.length)
    return c.report('wrong_argument_count', span, { name, expected: written });
  let sound = true;
  for (const [at, arg] of args.entries()) {
    const type = types[at];
    const kinds = takes[at] ?? [];
    if (type && !kinds.includes(type.kind)) {
      const expected = kinds.filter((kind) => kind !== 'dyn').join(' or ') || STRING.kind;
      const params = { what: `What ${name} is given`, expected, found: typeName(type) };
      c.report('wrong_type', arg.span, params);
    }
    sound &&= type !== null && type !== undefined && kinds.includes(type.kind);
  }
  return sound && checkLiterals(c, call) ? gives : null;
}

/** What is written out is looked at now, not when it runs. */
function checkLiterals(c: Checking, { name, args, span }: KindOf<'call'>): boolean {
  const [first, second] = args;
  switch (name) {
    case 'duration':
    case 'timestamp': {
      const value = textOf(first);
      if (value === null) return c.report('literal_required', span, { name }) ?? false;
      const read = name === 'duration' ? readDuration(value) : readTimestamp(value);
      const code = name === 'duration' ? 'bad_duration' : 'bad_timestamp';
      return read !== null || (c.report(code, first?.span ?? span, { value }) ?? false);
    }
    case 'timeOfDay':
    case 'dayOfWeek':
    case 'dateOf': {
      const value = textOf(second);
      if (value === null || isZone(value)) return true;
      return c.report('unknown_time_zone', second?.span ?? span, { value }) ?? false;
    }
    default:
      return true;
  }
}

export const textOf = (expression: Expression | undefined): string | null =>
  expression?.kind === 'literal' && expression.type === 'string' ? expression.value : null;
