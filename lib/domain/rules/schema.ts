import { isIdentifier } from './expression.ts';
import {
  BOOL,
  DOUBLE,
  DURATION,
  DYN,
  type Field,
  INT,
  type ObjectType,
  STRING,
  TIMESTAMP,
  typeName,
  type ValueType,
} from './value-types.ts';

/** What an expression may see: the names of its scope, a plain object, and their types. */
export type RuleSchema = ObjectType;

type FieldInput = ValueType | Field;

/** The types a scope may hold; numbers are ms for timestamps and durations. */
export const t = {
  /** @param values every text it can be; comparing it with another is an error */
  string: (values?: readonly string[]): ValueType => (values ? { kind: 'string', values } : STRING),
  int: INT,
  double: DOUBLE,
  bool: BOOL,
  timestamp: TIMESTAMP,
  duration: DURATION,
  /** Whatever JSON holds. */
  dyn: DYN,
  list: (of: ValueType): ValueType => ({ kind: 'list', of }),
  /** A plain object with any keys of its own. */
  map: (of: ValueType): ValueType => ({ kind: 'map', of }),
  object: (fields: Record<string, FieldInput>): ObjectType => groupOf(fields),
  /** undefined or null at times: reading it then fails, has() says whether it is there. */
  optional: (type: ValueType): Field => ({ type, optional: true }),
} as const;

/** Words CEL keeps for itself where a name begins. */
const RESERVED = new Set(
  `as break cel const continue else for function has if import let loop namespace package return type
   var void while`.split(/\s+/),
);

/**
 * The schema of a scope. Fields are read as plain properties, so names that every object inherits are
 * refused here, once, instead of being looked at each time.
 * @throws TypeError for a name that cannot be written or is inherited, and for an optional one without
 *   a dot before it, of which has() could not ask: mistakes in our own code
 */
export function ruleSchema(fields: Record<string, FieldInput>): RuleSchema {
  const schema = groupOf(fields);
  for (const [name, { optional }] of schema.fields) {
    if (RESERVED.has(name)) throw new TypeError(`"${name}" cannot be a name in a rule`);
    if (optional) throw new TypeError(`"${name}" stands alone, so it cannot be optional`);
  }
  return schema;
}

function groupOf(fields: Record<string, FieldInput>): ObjectType {
  const entries = Object.entries(fields).map(([name, input]): [string, Field] => {
    const inherited = name in Object.prototype;
    if (inherited || !isIdentifier(name))
      throw new TypeError(`"${name}" cannot be a name in a rule`);
    return [name, 'optional' in input ? input : { type: input, optional: false }];
  });
  return { kind: 'object', fields: new Map(entries) };
}

/** A name an editor can offer. */
export interface RuleName {
  /** As written: `event.reason`. */
  path: string;
  type: string;
  optional: boolean;
  values?: readonly string[];
  /** Fields of any name follow it (`attributes.…`). */
  open: boolean;
}

/** Every name of a schema that has a value, in its order. */
export function namesIn(schema: RuleSchema, before = ''): RuleName[] {
  return [...schema.fields].flatMap(([name, { type, optional }]): RuleName[] => {
    const path = before + name;
    if (type.kind === 'object') return namesIn(type, `${path}.`);
    const values = type.kind === 'string' && type.values ? { values: type.values } : {};
    const open = type.kind === 'map' || type.kind === 'dyn';
    return [{ path, type: typeName(type), optional, open, ...values }];
  });
}
