import fc from 'fast-check';
import { writeDuration } from '../calendar.ts';
import { quote } from '../print.ts';
import { literals } from './random-rules.ts';
import { zonedQuestions } from './random-zoned.ts';

type Texts = fc.Arbitrary<string>;

const binary = (ops: string[], left: Texts, right: Texts): Texts =>
  fc.tuple(left, fc.constantFrom(...ops), right).map(([a, op, b]) => `(${a} ${op} ${b})`);
const format = (parts: Texts[], write: (...texts: string[]) => string): Texts =>
  fc.tuple(...parts).map((texts) => write(...texts));
const listOf = (item: Texts): Texts =>
  fc.array(item, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`);

/** Four or five operands of one operator, which have a loop of their own. */
const chain = (item: Texts): Texts =>
  fc
    .tuple(fc.array(item, { minLength: 4, maxLength: 5 }), fc.constantFrom(' && ', ' || '))
    .map(([items, op]) => `(${items.join(op)})`);

const quoted = literals.text.map(quote);
const wholeText = literals.whole.map(String);
const decimalText = literals.decimal.map((value) => {
  const digits = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
});

interface Grammar {
  bool: string;
  int: string;
  double: string;
  string: string;
  timestamp: string;
  duration: string;
  strings: string;
  ints: string;
  dyn: string;
}

/** One count of depth for all kinds together. */
const depthIdentifier = fc.createDepthIdentifier();

const EQUALITY = ['==', '!='];
const ORDER = ['<', '<=', '>', '>='];
const COMPARE = [...EQUALITY, ...ORDER];

/** Source text of well-typed expressions over the random schema, fully in brackets. */
export const expressions = fc.letrec<Grammar>((tie: fc.LetrecTypedTie<Grammar>) => {
  const any = (...some: Texts[]): Texts =>
    fc.oneof({ maxDepth: 5, depthIdentifier, withCrossShrink: true }, ...some);
  const choice = (kind: keyof Grammar): Texts =>
    format([tie('bool'), tie(kind), tie(kind)], (a, b, c) => `(${a} ? ${b} : ${c})`);
  const method = format(
    [
      fc.oneof(tie('string'), tie('dyn')),
      fc.constantFrom('startsWith', 'endsWith', 'contains'),
      tie('string'),
    ],
    (of, name, part) => `${of}.${name}(${part})`,
  );
  return {
    bool: any(
      fc.constantFrom('b', 'true', 'false', 'has(event.reason)', 'has(event.weight)'),
      literals.key.map((key) => `(${quote(key)} in attributes)`),
      fc.constantFrom('has(attributes.a)', 'has(attributes.toString)', 'has(attributes.a.b)'),
      zonedQuestions,
      binary(['&&', '||'], tie('bool'), tie('bool')),
      binary(['&&', '||'], tie('bool'), tie('dyn')),
      chain(fc.oneof(tie('bool'), tie('dyn'))),
      format([tie('bool')], (a) => `!${a}`),
      choice('bool'),
      binary(COMPARE, fc.oneof(tie('int'), tie('double')), fc.oneof(tie('int'), tie('double'))),
      binary(COMPARE, tie('string'), tie('string')),
      binary(COMPARE, tie('timestamp'), tie('timestamp')),
      binary(COMPARE, tie('duration'), tie('duration')),
      binary(COMPARE, tie('bool'), tie('bool')),
      binary(COMPARE, tie('dyn'), fc.oneof(tie('int'), tie('double'), tie('string'), tie('dyn'))),
      binary(EQUALITY, tie('dyn'), fc.constant('null')),
      binary(EQUALITY, tie('strings'), tie('strings')),
      binary(EQUALITY, tie('ints'), fc.oneof(tie('ints'), tie('dyn'))),
      binary(['in'], tie('string'), fc.oneof(tie('strings'), tie('dyn'), fc.constant('stock'))),
      binary(['in'], fc.oneof(tie('int'), tie('double'), tie('dyn')), tie('ints')),
      binary(['in'], tie('dyn'), tie('dyn')),
      method,
    ),
    int: any(
      fc.constantFrom('i', 'j', 'event.weight'),
      wholeText,
      binary(['+', '-'], tie('int'), tie('int')),
      binary(
        ['*', '/', '%'],
        fc.oneof(wholeText, fc.constant('i')),
        fc.oneof(wholeText, fc.constant('j')),
      ),
      format([tie('int')], (a) => `(-${a})`),
      format([fc.oneof(tie('string'), tie('strings'), tie('dyn'))], (a) => `size(${a})`),
      format([tie('ints'), tie('int')], (a, b) => `(counts + ${a})[${b}]`),
      literals.key.map((key) => `stock[${quote(key)}]`),
      choice('int'),
    ),
    double: any(
      fc.constant('x'),
      decimalText,
      binary(['+', '-', '*', '/'], tie('double'), tie('double')),
      binary(['-', '*', '/'], tie('dyn'), tie('double')),
      format([tie('double')], (a) => `(-${a})`),
      choice('double'),
    ),
    string: any(
      fc.constantFrom('s', 'event.reason'),
      quoted,
      binary(['+'], tie('string'), tie('string')),
      format([tie('strings'), tie('int')], (a, b) => `(words + ${a})[${b}]`),
      choice('string'),
    ),
    timestamp: any(
      fc.constantFrom('now', 'event.at'),
      literals.instant.map((at) => `timestamp("${new Date(at).toISOString()}")`),
      binary(['+', '-'], tie('timestamp'), tie('duration')),
      choice('timestamp'),
    ),
    duration: any(
      fc.constant('d'),
      literals.span.map((ms) => `duration("${writeDuration(ms)}")`),
      binary(['+', '-'], tie('duration'), tie('duration')),
      binary(['-'], tie('timestamp'), tie('timestamp')),
      choice('duration'),
    ),
    strings: any(
      fc.constant('words'),
      listOf(tie('string')),
      binary(['+'], tie('strings'), tie('strings')),
    ),
    ints: any(fc.constant('counts'), listOf(tie('int')), binary(['+'], tie('ints'), tie('ints'))),
    dyn: any(
      fc.constantFrom('attributes.a', 'attributes.b', 'attributes.toString', 'attributes["c d"]'),
      fc.constantFrom('attributes.a.b', 'attributes["a"]["__proto__"]', 'attributes.b[0]'),
      format([tie('int')], (a) => `attributes.a[${a}]`),
      format([tie('string')], (a) => `attributes[${a}]`),
      binary(['+'], tie('dyn'), fc.oneof(tie('double'), tie('string'), tie('strings'), tie('dyn'))),
    ),
  };
});
