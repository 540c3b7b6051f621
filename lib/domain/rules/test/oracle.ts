import { type CelInput, celEnv, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel';
import { writeDuration } from '../calendar.ts';
import type { Scope } from '../index.ts';
import type { ObjectType, ValueType } from '../value-types.ts';

/** What the other implementation says when it has no value. */
export const FAILS = Symbol('fails');

const env = celEnv();

/**
 * The value that @bufbuild/cel gives, as our values are, or FAILS. (Its errors are objects, and so
 * true to an `if`.)
 */
export function askOracle(source: string, schema: ObjectType, scope: Scope): unknown {
  const run = plan(env, parse(source));
  const bindings: Record<string, CelInput> = {};
  for (const [name, { type }] of schema.fields) {
    const value = scope[name];
    if (value !== undefined) bindings[name] = toCel(type, value);
  }
  return fromCel(run(bindings));
}

/** JSON's numbers are doubles, our whole numbers are CEL's ints. */
function toCel(type: ValueType, value: unknown): CelInput {
  switch (type.kind) {
    case 'int':
      return BigInt(Number(value));
    case 'timestamp':
      return message(`timestamp("${new Date(Number(value)).toISOString()}")`);
    case 'duration':
      return message(`duration("${writeDuration(Number(value))}")`);
    case 'list':
      return (value as unknown[]).map((item) => toCel(type.of, item));
    case 'map':
      return mapOf(Object.entries(value as object), () => type.of);
    case 'object': {
      const present = Object.entries(value as object).filter(([, one]) => one != null);
      return mapOf(present, (name) => type.fields.get(name)?.type ?? { kind: 'dyn' });
    }
    case 'dyn':
      return jsonToCel(value);
    default:
      return value as string | number | boolean;
  }
}

const mapOf = (entries: [string, unknown][], typeOf: (name: string) => ValueType): CelInput =>
  new Map(entries.map(([name, value]) => [name, toCel(typeOf(name), value)]));

function jsonToCel(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(jsonToCel);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([name, one]) => [name, jsonToCel(one)]));
  return value as string | number | boolean | null;
}

const messages = new Map<string, CelInput>();

/** Its timestamps and durations are messages, which its own functions make. */
function message(source: string): CelInput {
  const known = messages.get(source);
  if (known !== undefined) return known;
  const made = plan(env, parse(source))({});
  if (isCelError(made)) throw made;
  messages.set(source, made as CelInput);
  return made as CelInput;
}

function fromCel(value: unknown): unknown {
  if (isCelError(value)) return FAILS;
  if (typeof value === 'bigint') return Number(value);
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value)) return Object.fromEntries([...value].map(([k, v]) => [k, fromCel(v)]));
  return isMessage(value)
    ? Number(value.message.seconds) * 1000 + value.message.nanos / 1e6
    : value;
}

const isMessage = (value: unknown): value is { message: { seconds: bigint; nanos: number } } =>
  typeof value === 'object' && value !== null && 'message' in value;
