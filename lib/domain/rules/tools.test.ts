import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileRule,
  fieldsOf,
  foldRule,
  NOWHERE,
  parseRule,
  printRule,
  quote,
  sameRule,
} from './index.ts';
import { expressions } from './test/random-expressions.ts';
import { SCHEMA } from './test/random-rules.ts';
import { runs } from './test/runs.ts';

/** Random tests end by their count, not by a clock: ms that even a slow machine does not need. */
const PATIENCE = 300_000;

function read(source: string) {
  const parsed = parseRule(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.issues[0]?.message}`);
  return parsed.expression;
}

const shape = (source: string): string =>
  JSON.stringify(read(source), (key, value: unknown) => (key === 'span' ? undefined : value));

test('W1: random expressions read again after printing are the same, and print the same', {
  timeout: PATIENCE,
}, () => {
  fc.assert(
    fc.property(fc.oneof(...Object.values(expressions)), (source) => {
      const printed = printRule(read(source));
      expect(shape(printed)).toBe(shape(source));
      expect(printRule(read(printed))).toBe(printed);
    }),
    runs(1_000),
  );
});

test.each([
  ["b&&(b||!b)&&s=='it\\'s'", 'b && (b || !b) && s == "it\'s"'],
  ['(i+j)*2-(3-i)==-(-5)', '(i + j) * 2 - (3 - i) == --5'],
  ['b&&(b&&b)', 'b && (b && b)'],
  ['(b?i:j)>0?(b?b:!b):b?b:!b', '(b ? i : j) > 0 ? (b ? b : !b) : b ? b : !b'],
  ['(i<j)==b', '(i < j) == b'],
  ['!(i in[1,2])', '!(i in [1, 2])'],
  ['(s+"a").startsWith("b")', '(s + "a").startsWith("b")'],
  ['x>2.0&&x<1e+21&&x!=-0.0', 'x > 2.0 && x < 1e+21 && x != -0.0'],
])('W1: %s is printed %s', (source, printed) => {
  expect(printRule(read(source))).toBe(printed);
  expect(shape(printed)).toBe(shape(source));
});

test('W1: a tree built by hand cannot write more than a key', () => {
  const attributes = { kind: 'name', name: 'attributes', span: NOWHERE } as const;
  const field = 'a"] == 1 || true || attributes["b';
  const select = { kind: 'select', of: attributes, field, span: NOWHERE } as const;
  expect(read(printRule(select))).toMatchObject({ kind: 'index', key: { value: field } });
  expect(() => printRule({ ...select, kind: 'has' })).toThrow(TypeError);
  expect(() => printRule({ ...attributes, name: 'b || b' })).toThrow(TypeError);
  expect(printRule({ ...select, field: 'in' })).toBe('attributes["in"]');
});

test('W1: no text ends its literal, whatever is in it', { timeout: PATIENCE }, () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 150 }),
    fc.string({ unit: fc.constantFrom('\\', '"', "'", '\n', '\r', '\u202e', '\u0000', 'a') }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const expression = read(`s == ${quote(text)}`);
      expect(expression).toMatchObject({ right: { type: 'string', value: text } });
      expect(printRule(expression)).toBe(`s == ${quote(text)}`);
      expect(quote(text)).not.toMatch(/[^\P{Cc}]|\u202e/u);
    }),
    runs(1_000),
  );
});

test.each([
  ['b && i > 1', ' b&&  i>1 // why', true],
  ['s == "a"', "s == 'a'", true],
  ['b && (b && i > 1)', '(b && b) && i > 1', true],
  ['b || b || !b || b', 'b || (b || (!b || b))', true],
  ['b && (b || b)', 'b && b || b', false],
  ['i - (j - 1) > 0', 'i - j - 1 > 0', false],
  ['i > 1', 'i > 1.0', false],
  ['b && s == "a"', 's == "a" && b', false],
])('W2: %s and %s are the same: %s', (one, other, expected) => {
  expect(sameRule(read(one), read(other))).toBe(expected);
});

test.each([
  ['true', true],
  ['1 + 1 == 2', true],
  ['b || true', true],
  ['event.at > now && false', false],
  ['!(b && false)', true],
  ['1 / 0 == 1', 'fails'],
  ['1 / 0 == 1 || b', null],
  ['true ? b : false', null],
  ['false ? b : "a" in ["a"]', true],
  ['"a" in []', false],
  ['b', null],
  ['i == i', null],
  ['timeOfDay(timestamp("2026-01-01T09:00:00Z"), "UTC") == "09:00"', true],
] as const)('W3: %s folds to %s', (source, expected) => {
  expect(foldRule(read(source), SCHEMA)).toBe(expected);
  const compiled = compileRule(source, SCHEMA);
  const codes = compiled.ok ? compiled.warnings.map(({ code }) => code) : [];
  expect(codes.some((code) => code.startsWith('always_'))).toBe(expected !== null);
});

test('W3: what folds is what every scope gives', { timeout: PATIENCE }, () => {
  fc.assert(
    fc.property(expressions.bool, (source) => {
      const fold = foldRule(read(source), SCHEMA);
      const compiled = compileRule(source, SCHEMA);
      if (fold === null || !compiled.ok) return compiled.ok;
      const found = compiled.rule.evaluate({});
      return fold === 'fails' ? typeof found !== 'boolean' : found === fold;
    }),
    runs(500),
  );
});

test('W4: the fields a condition reads', () => {
  const source =
    'has(event.at) && event.at > now && attributes.a.b == attributes["c"] && event.at < now';
  expect(fieldsOf(read(source))).toEqual(['event.at', 'now', 'attributes.a.b', 'attributes']);
});

test.each([
  ['event.at > now', ['event.at']],
  ['has(event.at) && event.at > now', []],
  ['event.at > now && has(event.at)', []],
  ['!has(event.at) || event.at > now', []],
  ['has(event.at) || event.at > now', ['event.at']],
  ['has(event.at) ? event.at > now : b', []],
  ['!has(event.at) ? b : event.at > now', []],
  ['!(has(event.at) && event.at > now)', []],
  ['b && has(event.at) && (b || event.at > now)', []],
  ['has(event.weight) && event.at > now', ['event.at']],
])('W5: %s may miss %j', (source, names) => {
  const compiled = compileRule(source, SCHEMA);
  expect(compiled.ok && compiled.warnings.map(({ params }) => params.name)).toEqual(names);
});
