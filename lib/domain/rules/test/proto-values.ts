import { z } from 'zod';
import { readDuration, readTimestamp } from '../calendar.ts';
import { t } from '../schema.ts';
import { joined, NULL, type ValueType } from '../value-types.ts';

/** A value as the suite writes it: JSON of `cel.expr.Value`. */
export type ProtoValue = Record<string, unknown>;

/** Why a case is outside the subset: in words, as the fixture lists them. */
export class Outside extends Error {}

const Values = z.object({ values: z.array(z.record(z.string(), z.unknown())).default([]) });
const Entries = z.object({
  entries: z
    .array(
      z.object({
        key: z.record(z.string(), z.unknown()),
        value: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
});
const Message = z.object({ '@type': z.string(), value: z.unknown().optional() });

/** The type and the value a scope would hold. @throws Outside */
export function readProto(proto: ProtoValue): { type: ValueType; value: unknown } {
  const [[kind, inner] = ['nothing', undefined]] = Object.entries(proto);
  switch (kind) {
    case 'int64Value': {
      const value = Number(inner);
      if (!Number.isSafeInteger(value)) throw new Outside('whole numbers beyond 2^53');
      return { type: t.int, value };
    }
    case 'doubleValue':
      return { type: t.double, value: Number(inner) };
    case 'stringValue':
      return { type: t.string(), value: String(inner) };
    case 'boolValue':
      return { type: t.bool, value: inner === true };
    case 'nullValue':
      return { type: t.dyn, value: null };
    case 'listValue': {
      const { type, values } = readAll(Values.parse(inner).values);
      return { type: t.list(type), value: values };
    }
    case 'mapValue':
      return readMap(Entries.parse(inner).entries);
    case 'objectValue':
      return readMessage(Message.parse(inner));
    default:
      throw new Outside(OUTSIDE[kind] ?? kind);
  }
}

const OUTSIDE: Record<string, string> = {
  bytesValue: 'bytes',
  uint64Value: 'unsigned numbers',
  typeValue: 'types as values',
  enumValue: 'enums',
};

function readAll(protos: ProtoValue[]): { type: ValueType; values: unknown[] } {
  const read = protos.map(readProto);
  const type = read.reduce<ValueType | null>(
    (so, { type: other }) => (so ? joined(so, other) : null),
    read[0]?.type ?? NULL,
  );
  if (!type) throw new Outside('lists and maps of several types');
  return { type, values: read.map(({ value }) => value) };
}

function readMap(entries: { key: ProtoValue; value: ProtoValue }[]) {
  const keys = entries.map(({ key }) => key.stringValue);
  if (!keys.every((key) => typeof key === 'string'))
    throw new Outside('maps with keys other than text');
  const { type, values } = readAll(entries.map(({ value }) => value));
  const value = Object.fromEntries(keys.map((key, at) => [key, values[at]]));
  return { type: t.map(type), value };
}

function readMessage({ '@type': name, value }: z.infer<typeof Message>) {
  if (name.endsWith('.Duration')) return { type: t.duration, value: readDuration(String(value)) };
  if (name.endsWith('.Timestamp'))
    return { type: t.timestamp, value: readTimestamp(String(value)) };
  throw new Outside('messages');
}
