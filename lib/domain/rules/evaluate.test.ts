import { expect, test } from 'vitest';
import { compileExpression, compileRule, RuleFailure, type Scope } from './index.ts';
import { SCHEMA } from './test/random-rules.ts';

const NOW = Date.UTC(2026, 10, 21, 10, 30);
const SCOPE = {
  i: 7,
  j: -2,
  x: 2.5,
  s: 'a😀中',
  b: true,
  now: NOW,
  d: 90_000,
  words: ['a', 'b'],
  counts: [1, 2, 3],
  stock: { a: 5 },
  event: { reason: null, weight: 3, at: undefined },
  attributes: JSON.parse('{"a": {"b": 1}, "n": null, "two": 2, "__proto__": 4, "list": [0, null]}'),
} satisfies Scope;

/** The value, or the code of the failure. */
function value(source: string, scope: Scope = SCOPE): unknown {
  const compiled = compileExpression(source, SCHEMA);
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
  const found = compiled.evaluate(scope);
  return found instanceof RuleFailure ? `fails: ${found.code}` : found;
}

test.each([
  ['9007199254740991 + i', 'fails: overflow'],
  ['-9007199254740991 - i', 'fails: overflow'],
  ['9007199254740991 * 2', 'fails: overflow'],
  ['3002399751580331 * 3', 'fails: overflow'],
  ['9007199254740991 / 2', 4503599627370495],
  ['i / j', -3],
  ['i % j', 1],
  ['(0 - i) % 2', -1],
  ['0 * j', 0],
  ['-(i - 7)', 0],
  ['i / (j + 2)', 'fails: division_by_zero'],
  ['i % (j + 2)', 'fails: division_by_zero'],
  ['x / 0.0', Number.POSITIVE_INFINITY],
  ['-x * 0.0', -0],
  ['0.0 / 0.0 == 0.0 / 0.0', false],
  ['0.1 + 0.2', 0.1 + 0.2],
])('N1, N2: %s gives %j', (source, expected) => {
  expect(value(source)).toBe(expected);
});

test.each([
  ['i == 7.0 && x > 2 && 7.0 in [i] && attributes.two == 2', true],
  ['attributes.two + 1.0 == 3', true],
  ['attributes.two + "a"', 'fails: wrong_type'],
])('N3: %s gives %j', (source, expected) => {
  expect(value(source)).toBe(expected);
});

test.each([
  ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', 'fails: overflow'],
  ['timestamp("0001-01-01T00:00:00Z") - duration("1ms")', 'fails: overflow'],
  ['timestamp("9999-01-01T00:00:00Z") - now', 'fails: overflow'],
  ['duration("2562047h") + duration("2562047h")', 'fails: overflow'],
  ['now + d - now', 90_000],
])('N4: %s gives %j', (source, expected) => {
  expect(value(source)).toBe(expected);
});

test.each([
  ['event.at > now || true', true],
  ['true || event.at > now', true],
  ['event.at > now && false', false],
  ['false && event.at > now', false],
  ['b && event.at > now && i > 0', 'fails: absent'],
  ['b && i > 0 && event.at > now && !b', false],
  ['event.at > now || i / 0 == 1 || b', true],
  ['!(event.at > now)', 'fails: absent'],
  ['event.at > now ? true : true', 'fails: absent'],
  ['b || attributes.a', true],
  ['!b || attributes.a', 'fails: wrong_type'],
])('E2: %s gives %j', (source, expected) => {
  expect(value(source)).toBe(expected);
});

test.each([
  ['event.reason == "a"', 'fails: absent'],
  ['has(event.reason)', false],
  ['has(event.weight) && event.weight == 3', true],
  ['attributes.c == 1', 'fails: no_such_key'],
  ['has(attributes.c)', false],
  ['attributes.n == null && has(attributes.n) && "n" in attributes', true],
  ['has(attributes.two.c)', false],
  ['has(attributes.c.d)', 'fails: no_such_key'],
  ['stock["b"] == 1', 'fails: no_such_key'],
  ['words[2] == "a"', 'fails: index_out_of_range'],
  ['words[j] == "a"', 'fails: index_out_of_range'],
  ['attributes.list[1] == null', true],
  ['attributes.a.b.c == 1', 'fails: wrong_type'],
])('E3: %s gives %j', (source, expected) => {
  expect(value(source)).toBe(expected);
});

test.each([
  ['i > 3', { ...SCOPE, i: '7' }, 'fails: wrong_type'],
  ['i > 3', { ...SCOPE, i: 7n }, 'fails: wrong_type'],
  ['i > 3', {}, 'fails: absent'],
  ['b', { ...SCOPE, b: 'true' }, 'fails: wrong_type'],
  ['s == "a"', { ...SCOPE, s: 5 }, 'fails: wrong_type'],
  ['size(words) == 1', { ...SCOPE, words: 'a' }, 'fails: wrong_type'],
  ['"a" in words', { ...SCOPE, words: { a: 1 } }, 'fails: wrong_type'],
  ['words[0] == "a"', { ...SCOPE, words: [5] }, 'fails: wrong_type'],
  ['stock.a == 1', { ...SCOPE, stock: [1] }, 'fails: wrong_type'],
  ['event.weight == 1', { ...SCOPE, event: 5 }, 'fails: absent'],
  ['now > now - d', { ...SCOPE, now: '2026' }, 'fails: wrong_type'],
  ['dayOfWeek(now, "UTC") == 1', { ...SCOPE, now: Number.NaN }, 'fails: overflow'],
  ['counts[i] == 1', { ...SCOPE, i: 0.5 }, 'fails: wrong_type'],
  ['i + 1 > 0', { ...SCOPE, i: 0.5 }, 'fails: wrong_type'],
  ['-i < 0', { ...SCOPE, i: 0.5 }, 'fails: wrong_type'],
  ['i / 2 == 0', { ...SCOPE, i: 0.5 }, 'fails: wrong_type'],
  ['i > 0', { ...SCOPE, i: 0.5 }, true],
])('E4, E6: %s of other data than declared fails', (source, scope, expected) => {
  expect(value(source, scope)).toBe(expected);
});

test.each([
  ['"\\U0001F600" > "\\uFFEE"', true],
  ['"a" < "b" && "a" < "ab" && "Z" < "a" && "" < "a"', true],
  ['size(s)', 3],
  ['size("a\\u0301")', 2],
])('E5: %s gives %j', (source, expected) => {
  expect(value(source)).toBe(expected);
});

test('E1: a failure counts as false, and is told with its place', () => {
  const compiled = compileRule('b && event.at > now', SCHEMA);
  if (!compiled.ok) throw new Error('refused');
  const told: unknown[] = [];
  expect(compiled.rule.test(SCOPE, (failure) => told.push(failure))).toBe(false);
  expect(told).toEqual([{ code: 'absent', span: { start: 5, end: 13 } }]);
  expect(compiled.rule.evaluate(SCOPE)).toBe(told[0]);
  expect(compiled.rule.test({ ...SCOPE, event: { at: NOW + 1 } })).toBe(true);
});

const INHERITED = Object.getOwnPropertyNames(Object.prototype);

test.each(INHERITED)('T6: %s is no field of anything', (name) => {
  const scope = { ...SCOPE, attributes: { a: { b: 1 } } };
  for (const source of [name, `event.${name} == 1`, `has(event.${name})`])
    expect(compileRule(source, SCHEMA).ok, source).toBe(false);
  expect(value(`attributes.${name} == 1`, scope)).toBe('fails: no_such_key');
  expect(value(`attributes["${name}"] == 1`, scope)).toBe('fails: no_such_key');
  expect(value(`attributes[s] == 1`, { ...scope, s: name })).toBe('fails: no_such_key');
  expect(value(`attributes.a.${name} == 1`, scope)).toBe('fails: no_such_key');
  expect(value(`has(attributes.${name})`, scope)).toBe(false);
  expect(value(`"${name}" in attributes`, scope)).toBe(false);
  expect(value(`s in stock`, { ...scope, s: name })).toBe(false);
});

test('T6: an own key of such a name is one like others', () => {
  expect(value('attributes.__proto__ == 4 && "__proto__" in attributes')).toBe(true);
  expect(value('attributes == attributes')).toBe(true);
});
