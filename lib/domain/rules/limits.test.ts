import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Expression, partsOf } from './expression.ts';
import { compileRule, parseRule, RULE_LIMITS, RuleFailure, type Scope } from './index.ts';
import { HOSTILE } from './test/hostile.ts';
import { expressions } from './test/random-expressions.ts';
import { SCHEMA, scopes } from './test/random-rules.ts';
import { runs } from './test/runs.ts';

/** Random tests end by their count, not by a clock: ms that even a slow machine does not need. */
const PATIENCE = 300_000;

const count = (expression: Expression): number =>
  partsOf(expression).reduce((sum, part) => sum + count(part), 1);
const depth = (expression: Expression): number =>
  1 + Math.max(0, ...partsOf(expression).map(depth));

test.each(HOSTILE.map(({ name }) => name))('L1, L2: %s is refused or bounded', (wanted) => {
  const { source = '', code } = HOSTILE.find(({ name }) => name === wanted) ?? {};
  const parsed = parseRule(source);
  if (!parsed.ok) expect(parsed.issues.map((issue) => issue.code)).toEqual([code]);
  else {
    expect(code).toBe('bounded');
    expect(count(parsed.expression)).toBeLessThanOrEqual(RULE_LIMITS.tokens);
    expect(depth(parsed.expression)).toBeLessThanOrEqual(RULE_LIMITS.tokens);
  }
});

test('L1: no more is told than can be read', () => {
  const wrong = compileRule(Array(200).fill('event.reasno').join('||'), SCHEMA);
  expect(wrong.ok ? 0 : wrong.issues.length).toBe(RULE_LIMITS.issues);
  const doubtful = compileRule(Array(120).fill('event.at > now').join('||'), SCHEMA);
  expect(doubtful.ok ? doubtful.warnings.length : 0).toBe(RULE_LIMITS.issues);
});

test('L1: whatever the text is, it is read or refused, with a place inside it', {
  timeout: PATIENCE,
}, () => {
  const pieces = fc.constantFrom(
    ...[
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '"""',
      '\\',
      '&&',
      '||',
      '!',
      '-',
      '?',
      ':',
      ',',
      '.',
    ],
    ...[
      'in',
      'has',
      'size',
      'a',
      'true',
      'null',
      '1',
      '0x',
      '1e',
      '9e99',
      '//',
      '\n',
      ' ',
      'r"',
      'b"',
    ],
    ...['==', '<', '+', '%', '中', '😀', '\ud800', '\u202e', '\u0000', '__proto__', 'startsWith'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(pieces, { maxLength: 60 }).map((some) => some.join('')),
    fc.tuple(expressions.bool, fc.nat(), pieces).map(([source, at, piece]) => {
      const cut = at % (source.length + 1);
      return source.slice(0, cut) + piece + source.slice(cut);
    }),
  );
  fc.assert(
    fc.property(texts, (source) => {
      const compiled = compileRule(source, SCHEMA);
      if (compiled.ok) return;
      expect(compiled.issues.length).toBeGreaterThan(0);
      for (const { place, hint, message } of compiled.issues) {
        expect(place.offset).toBeLessThanOrEqual(source.length);
        expect(place.offset + place.length).toBeLessThanOrEqual(source.length);
        expect(message.length * hint.length).toBeGreaterThan(0);
      }
    }),
    runs(2_000),
  );
});

/** Counts what is read of the scope, at any depth. */
function counting(scope: object): { scope: Scope; reads: () => number } {
  let reads = 0;
  const watch = (target: object): object =>
    new Proxy(target, {
      get(of, name, receiver) {
        reads += 1;
        const value: unknown = Reflect.get(of, name, receiver);
        return typeof value === 'object' && value !== null && !Array.isArray(value)
          ? watch(value)
          : value;
      },
    });
  return { scope: watch(scope) as Scope, reads: () => reads };
}

test('L3: an evaluation reads no more than the expression has names', { timeout: PATIENCE }, () => {
  fc.assert(
    fc.property(expressions.bool, scopes, (source, scope) => {
      const compiled = compileRule(source, SCHEMA);
      if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
      // Maps that are compared are read entry by entry: WORK_LIMITS bounds those.
      const watched = counting({ ...scope, attributes: {}, stock: {} });
      compiled.rule.evaluate(watched.scope);
      expect(watched.reads()).toBeLessThanOrEqual(count(compiled.rule.expression));
    }),
    runs(1_000),
  );
});

test('E1: no data makes it throw', { timeout: PATIENCE }, () => {
  fc.assert(
    fc.property(
      expressions.bool,
      fc.dictionary(fc.constantFrom(...SCHEMA.fields.keys()), fc.anything({ withBigInt: true })),
      scopes,
      (source, junk, scope) => {
        const compiled = compileRule(source, SCHEMA);
        if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
        const found = compiled.rule.evaluate({ ...scope, ...junk });
        return typeof found === 'boolean' || found instanceof RuleFailure;
      },
    ),
    runs(1_000),
  );
});

function evaluate(source: string, attributes: unknown): unknown {
  const compiled = compileRule(source, SCHEMA);
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
  const found = compiled.rule.evaluate({ attributes });
  return found instanceof RuleFailure ? found.code : found;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const ones = (length: number): number[] => Array(length).fill(1);
const letters = (length: number): string => 'a'.repeat(length);

/** Made when they are asked for: the names of tests are made of what stands in the table. */
const MUCH: Record<string, { source: string; data: () => unknown }> = {
  searching: {
    source: 'attributes.a.contains(attributes.b)',
    data: () => ({ a: letters(60_000), b: letters(300) }),
  },
  'searching many times': {
    source: Array(50).fill('attributes.a.contains(attributes.b)').join(' || '),
    data: () => ({ a: letters(2_000), b: `b${letters(99)}` }),
  },
  'comparing long lists': {
    source: 'attributes.a == attributes.b',
    data: () => ({ a: ones(200_000), b: ones(200_000) }),
  },
  'comparing deep lists': {
    source: 'attributes.a == attributes.b',
    data: () => ({ a: nested(1_000), b: nested(1_000) }),
  },
  'looking in long lists': {
    source: 'attributes.b in attributes.a',
    data: () => ({ a: ones(200_000), b: 2 }),
  },
  'joining texts': {
    source: 'attributes.a + attributes.a == ""',
    data: () => ({ a: letters(60_000) }),
  },
  'joining lists': {
    source: 'attributes.a + attributes.a == []',
    data: () => ({ a: ones(60_000) }),
  },
  counting: { source: 'size(attributes.a) < 0', data: () => ({ a: letters(6_000_000) }) },
  ordering: {
    source: 'attributes.a < attributes.b',
    data: () => ({ a: letters(6_000_000), b: letters(6_000_000) }),
  },
};

test.each(Object.keys(MUCH))('L3: %s has an end', (name) => {
  const { source = '', data } = MUCH[name] ?? {};
  expect(evaluate(source, data?.())).toBe('too_much_work');
});

test('L3: what people have is far below', () => {
  const message = '好的，谢谢'.repeat(1_600);
  expect(evaluate('attributes.a.contains("没有")', { a: message })).toBe(false);
  expect(evaluate('attributes.b in attributes.a', { a: Array(2_000).fill('x'), b: 'y' })).toBe(
    false,
  );
});
