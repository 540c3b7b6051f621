import { expect, test } from 'vitest';
import { compileExpression, compileRule, namesIn, ruleSchema, t, typeName } from './index.ts';
import { SCHEMA as RANDOM } from './test/random-rules.ts';

const SCHEMA = ruleSchema({
  ...Object.fromEntries([...RANDOM.fields].map(([name, { type }]) => [name, type])),
  phase: t.string(['queued', 'serving']),
  zone: t.string(),
});

const issuesOf = (source: string): string[] => {
  const compiled = compileRule(source, SCHEMA);
  return (compiled.ok ? compiled.warnings : compiled.issues).map(({ code }) => code);
};

test.each([
  ['nothing', 'unknown_name'],
  ['event.nothing == 1', 'unknown_name'],
  ['event.reason.length == 1', 'wrong_type'],
  ['event == s', 'not_a_value'],
  ['i == "a"', 'not_comparable'],
  ['words == counts', 'not_comparable'],
  ['i < "a"', 'not_comparable'],
  ['words < words', 'not_comparable'],
  ['s - s == s', 'not_comparable'],
  ['now + now == now', 'not_comparable'],
  ['now == i', 'not_comparable'],
  ['attributes.a == now', 'not_comparable'],
  ['attributes.a % 2 == 0', 'not_comparable'],
  ['i in s', 'wrong_type'],
  ['i in words', 'not_comparable'],
  ['i && b', 'wrong_type'],
  ['!i', 'wrong_type'],
  ['-s == s', 'wrong_type'],
  ['s ? b : b', 'wrong_type'],
  ['words["a"] == "a"', 'wrong_type'],
  ['stock[0] == 1', 'wrong_type'],
  ['[][0] == 1', 'wrong_type'],
  ['s.startsWith(i)', 'wrong_type'],
  ['size(i) == 1', 'wrong_type'],
  ['size() == 1', 'wrong_argument_count'],
  ['s.contains("a", "b")', 'wrong_argument_count'],
  ['s == null', 'never_null'],
  ['duration(s) == d', 'literal_required'],
  ['duration("2 days") == d', 'bad_duration'],
  ['timestamp("tomorrow") == now', 'bad_timestamp'],
  ['i', 'not_yes_or_no'],
  ['attributes.a', 'not_yes_or_no'],
  ['[1, "a"] == counts', 'mixed_list'],
  ['(b ? 1 : "a") == 1', 'not_comparable'],
  ['i + 1.5 > 2', 'mixed_numbers'],
  ['attributes.a + 1 > 2', 'mixed_numbers'],
  ['attributes.a + [1] == []', 'not_comparable'],
  ['attributes.a + [now] == []', 'not_comparable'],
])('T1, T4, N3: %s is refused: %s', (source, code) => {
  expect(issuesOf(source)).toEqual([code]);
});

test.each([
  ['i == 1.0 && x < 3 && i in [1.5]'],
  ['attributes.a == 1 && attributes.a > 2 && attributes.a in ["x"]'],
  ['attributes.a + 1.5 > 2.0 && attributes.a + "x" == "ax"'],
  ['attributes.a == null && attributes.b && stock.a == 1'],
  ['s in stock || s in attributes || s in attributes.a'],
  ['[] == words && [[]] == [counts] && !(1 in [])'],
  ['now - d < timestamp("2026-01-31T09:00:00+08:00") && now - now == d'],
])('T1, T2: %s is well typed', (source) => {
  expect(issuesOf(source)).toEqual([]);
});

test.each([
  ['phase == "servng"', 'serving'],
  ['"Queued" != phase', 'queued'],
  ['phase in ["serving", "quueed"]', 'queued'],
])('T3: %s names a text it never is', (source, suggestion) => {
  const compiled = compileRule(source, SCHEMA);
  expect(compiled).toMatchObject({ issues: [{ code: 'unknown_value', params: { suggestion } }] });
});

test.each([
  ['timeOfDay(now, "UTC") >= "9:00"', 'bad_time'],
  ['"24:01" > timeOfDay(now, "UTC")', 'bad_time'],
  ['timeOfDay(now, "UTC") == 9', 'not_comparable'],
  ['timeOfDay(now, "UTC") == s', 'not_comparable'],
  ['dateOf(now, "UTC") in ["2026-10-01", "2026-02-30"]', 'bad_date'],
  ['timeOfDay(now, "Mars/Olympus") > "09:00"', 'unknown_time_zone'],
  ['timeOfDay(s, "UTC") > "09:00"', 'wrong_type'],
])('T5, Z2: %s is refused: %s', (source, code) => {
  expect(issuesOf(source)).toEqual([code]);
});

test.each([
  ['timeOfDay(now, zone) in ["09:00", "24:00"] && "00:00" <= timeOfDay(now, "Asia/Shanghai")'],
  ['dateOf(now, "UTC") == (b ? "2026-10-01" : "2028-02-29")'],
])('T5: %s is well typed', (source) => {
  expect(issuesOf(source)).toEqual([]);
});

test.each([
  ['__proto__'],
  ['constructor'],
  ['toString'],
  ['hasOwnProperty'],
  ['true'],
  ['a-b'],
  [''],
])('T6: %j cannot be declared', (name) => {
  expect(() => ruleSchema(Object.fromEntries([[name, t.bool]]))).toThrow(TypeError);
  expect(() => t.object(Object.fromEntries([[name, t.bool]]))).toThrow(TypeError);
});

test('T6: a name of its own cannot be optional, since has() asks behind a dot only', () => {
  expect(() => ruleSchema({ at: t.optional(t.timestamp) })).toThrow(TypeError);
});

test('W4: a schema offers its names with their types', () => {
  expect(namesIn(SCHEMA)).toContainEqual({
    path: 'phase',
    type: 'string',
    optional: false,
    open: false,
    values: ['queued', 'serving'],
  });
  expect(
    namesIn(SCHEMA).map(({ path, type, open }) => `${path}: ${type}${open ? ' …' : ''}`),
  ).toEqual(
    expect.arrayContaining([
      'event.at: timestamp',
      'words: list<string>',
      'attributes: map<any value> …',
    ]),
  );
});

test.each([
  ['[[1]]', 'list<list<int>>'],
  ['timeOfDay(now, "UTC")', 'time of day'],
  ['b ? attributes.a : 1.5', 'any value'],
  ['now - now', 'duration'],
])('T2: %s is a %s', (source, name) => {
  const compiled = compileExpression(source, SCHEMA);
  expect(compiled.ok && typeName(compiled.type)).toBe(name);
});
