import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileExpression, compileRule, parseRule, printRule, RuleFailure } from './index.ts';
import { tryConformance } from './test/conformance.ts';
import { askOracle, FAILS } from './test/oracle.ts';
import { expressions } from './test/random-expressions.ts';
import { SCHEMA, scopes } from './test/random-rules.ts';
import { inTheirWords } from './test/random-zoned.ts';
import { runs } from './test/runs.ts';

/** Both without a value, or the same: bit by bit, but for the sign of nothing (NaN). */
function agree(ours: unknown, theirs: unknown): boolean {
  if (ours instanceof RuleFailure || theirs === FAILS)
    return ours instanceof RuleFailure && theirs === FAILS;
  return Object.is(ours, theirs) || (typeof ours === 'object' && isSame(ours, theirs));
}

const isSame = (a: unknown, b: unknown): boolean => {
  expect(a).toStrictEqual(b);
  return true;
};

test('C1: on those cases @bufbuild/cel gives the same', () => {
  const differing = tryConformance().flatMap(({ expr, outcome }) => {
    if (outcome.kind !== 'passed') return [];
    const theirs = askOracle(expr, outcome.schema, outcome.scope);
    return agree(outcome.got, theirs) ? [] : [expr];
  });
  expect(differing).toEqual([]);
});

test('C4: random conditions give what @bufbuild/cel gives, printed and read again', {
  timeout: 3_600_000,
}, () => {
  fc.assert(
    fc.property(
      expressions.bool,
      fc.array(scopes, { minLength: 1, maxLength: 3 }),
      (source, some) => {
        const parsed = parseRule(source);
        if (!parsed.ok) throw new Error(`${source}: ${parsed.issues[0]?.message}`);
        const printed = printRule(parsed.expression);
        const compiled = compileRule(printed, SCHEMA);
        if (!compiled.ok) throw new Error(`${printed}: ${compiled.issues[0]?.message}`);
        const theirWords = inTheirWords(printed);
        for (const scope of some) {
          const theirs = askOracle(theirWords, SCHEMA, scope);
          if (!agree(compiled.rule.evaluate(scope), theirs)) return false;
          if (compiled.rule.test(scope) !== (theirs === true)) return false;
        }
        return true;
      },
    ),
    runs(3_500),
  );
});

test('C5: random expressions of the other types give the same values', {
  timeout: 3_600_000,
}, () => {
  const { bool: _, dyn: __, ...kinds } = expressions;
  fc.assert(
    fc.property(fc.oneof(...Object.values(kinds)), scopes, (source, scope) => {
      const compiled = compileExpression(source, SCHEMA);
      if (!compiled.ok) throw new Error(`${source}: ${compiled.issues[0]?.message}`);
      return agree(
        compiled.evaluate(scope),
        askOracle(inTheirWords(printRule(compiled.expression)), SCHEMA, scope),
      );
    }),
    runs(1_500),
  );
});
