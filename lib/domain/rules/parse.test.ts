import { expect, test } from 'vitest';
import { compileRule, parseRule } from './index.ts';
import { SCHEMA } from './test/random-rules.ts';

const codeOf = (source: string): string | undefined => {
  const parsed = parseRule(source);
  return parsed.ok ? undefined : parsed.issues[0]?.code;
};

test.each([
  ['b && i > 3'],
  ['!b || (i + j) * 2 >= size(words)'],
  ['event.reason in ["a", "b"] ? x > 1.5 : false'],
  ['s.startsWith("中") && has(event.at) && now - event.at < duration("5m")'],
  ['attributes["a key"][0].b == null'],
  ['// why\n b'],
  ["'it''s'.size() == 1 || b"],
])('G1: %s is read or refused as CEL has it', (source) => {
  expect(codeOf(source)).toBe(source.includes("''") ? 'syntax' : undefined);
});

test.each([
  ['words.all(w, w == "a")', 'not_available'],
  ['words.map(1, 2)', 'not_available'],
  ['s.matches("(a+)+$")', 'not_available'],
  ['{"a": 1}', 'not_available'],
  ['b"x"', 'not_available'],
  ['5u', 'not_available'],
  ['r"\\"', 'not_available'],
  ['import', 'not_available'],
  ['now()', 'unknown_function'],
  ['s.lower()', 'unknown_function'],
  ['startsWith(s, "a")', 'unknown_function'],
  ['has(b)', 'has_argument'],
  ['x = 1', 'character_not_allowed'],
  ['b & b', 'character_not_allowed'],
  ['s == “a”', 'character_not_allowed'],
  ['i ＞ 3', 'character_not_allowed'],
  ['"a', 'unterminated_text'],
  ['"a\nb"', 'unterminated_text'],
  ['"\\q"', 'bad_escape'],
  ['"\\ud800"', 'bad_escape'],
  ['9007199254740992', 'number_out_of_range'],
  ['1e999', 'number_out_of_range'],
  ['', 'syntax'],
  ['b &&', 'syntax'],
  ['(b', 'syntax'],
  ['b c', 'syntax'],
  ['i < j < 3', 'chained_comparison'],
  ['i == j < 3', 'chained_comparison'],
  ['b == i in [1]', 'chained_comparison'],
])('G1, G2: %j is refused: %s', (source, code) => {
  expect(codeOf(source)).toBe(code);
});

test.each([
  ['(i < j) == b'],
  ['i < j && j < 3'],
  ['b ? i < j : i > j'],
  ['[i < j, i > j] == [b, b]'],
])('G2: %s is no chain', (source) => expect(codeOf(source)).toBeUndefined());

test('G3: an issue says where it is, in lines and columns too', () => {
  const compiled = compileRule('b &&\n  event.reasn == "中"', SCHEMA);
  expect(compiled).toMatchObject({
    ok: false,
    issues: [
      {
        code: 'unknown_name',
        severity: 'error',
        params: { name: 'event.reasn', suggestion: 'event.reason' },
        place: { offset: 13, length: 5, line: 2, column: 9 },
        message: 'There is no event.reasn.',
        hint: 'Did you mean event.reason?',
      },
    ],
  });
});

test('G3: all that is wrong with names and types is said at once', () => {
  const compiled = compileRule('nothing && i == "a" && 5', SCHEMA);
  const codes = compiled.ok ? [] : compiled.issues.map(({ code, place }) => [code, place.offset]);
  expect(codes).toEqual([
    ['unknown_name', 0],
    ['not_comparable', 11],
    ['wrong_type', 23],
  ]);
});

test.each([
  ['words.size() > 1', 'size(words) > 1'],
  ['i > - 5', 'i > -5'],
  ["s == 'a'", 's == "a"'],
  ['( b )', 'b'],
])('G4: %s is the same tree as %s', (one, other) => {
  const shape = (source: string) =>
    JSON.stringify(parseRule(source), (key, value: unknown) =>
      key === 'span' ? undefined : value,
    );
  expect(shape(one)).toBe(shape(other));
});
