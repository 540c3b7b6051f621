import fc from 'fast-check';
import { ruleSchema, t } from '../schema.ts';

/** What random expressions see: every kind of type, present and absent. */
export const SCHEMA = ruleSchema({
  i: t.int,
  j: t.int,
  x: t.double,
  s: t.string(),
  b: t.bool,
  now: t.timestamp,
  d: t.duration,
  words: t.list(t.string()),
  counts: t.list(t.int),
  stock: t.map(t.int),
  event: t.object({
    reason: t.optional(t.string()),
    weight: t.optional(t.int),
    at: t.optional(t.timestamp),
  }),
  attributes: t.map(t.dyn),
});

/**
 * No characters above the surrogates: the other implementation orders those by UTF-16 unit, ours and
 * CEL by code point.
 */
const LETTERS = ['a', 'b', 'Z', '0', ' ', '"', "'", '\\', '\n', 'é', '中', '文', '😀', '\u200b'];
const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 4 }).map((some) => some.join(''));
const key = fc.constantFrom('a', 'b', 'c d', 'toString', '__proto__');
const whole = fc.integer({ min: -20, max: 20 });
const decimal = fc.oneof(
  fc.constantFrom(0, -0, 0.5, -1.5, 1e21, 1e-7),
  fc.integer({ min: -20, max: 20 }),
);
const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
const span = fc.integer({ min: -90_000_000, max: 90_000_000 });

/** Own keys only, `__proto__` included, as JSON.parse makes them. */
const mapOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => {
    const map: Record<string, T> = {};
    for (const [name, one] of entries)
      Object.defineProperty(map, name, {
        value: one,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    return map;
  });

/**
 * No null under a key: to the other implementation a map that holds null does not hold it (`in`, has()
 * and ==); ours and the specification say that it does, see evaluate.test.ts.
 */
const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    text,
    decimal,
    fc.boolean(),
    fc.array(fc.option(tie('value')), { maxLength: 3 }),
    mapOf(tie('value')),
  ),
})).value;

export const scopes = fc.record({
  i: whole,
  j: whole,
  x: decimal,
  s: text,
  b: fc.boolean(),
  now: instant,
  d: span,
  words: fc.array(text, { maxLength: 3 }),
  counts: fc.array(whole, { maxLength: 3 }),
  stock: mapOf(whole),
  event: fc.record({
    reason: fc.option(text),
    weight: fc.option(whole, { nil: undefined }),
    at: fc.option(instant),
  }),
  attributes: mapOf(json),
});

export const literals = { text, whole, decimal, span, instant, key };
