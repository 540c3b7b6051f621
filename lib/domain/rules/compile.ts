import { readDate, readTime } from './calendar.ts';
import type { Types } from './check.ts';
import { compileArithmetic } from './compile-arithmetic.ts';
import { compileCall } from './compile-calls.ts';
import { compileComparison } from './compile-compare.ts';
import { compileIn } from './compile-in.ts';
import { compileChoice, compileLogic, compileNot } from './compile-logic.ts';
import { compileHas, compileIndex, compileName, compileSelect } from './compile-paths.ts';
import type { Expression, KindOf, Literal } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { operand } from './operand.ts';
import type { ValueType } from './value-types.ts';
import { Work } from './work.ts';

/** A plain object with the names of the schema. */
export type Scope = Readonly<Record<string, unknown>>;

/**
 * A compiled expression: the value of its type, or a failure, never an exception. Whoever asks for a
 * number has a failure exactly when `typeof` is not number; so with text and truth.
 */
export type Run = (scope: Scope) => unknown;

export interface Compiling {
  run(expression: Expression): Run;
  typeOf(expression: Expression): ValueType;
  /** For what costs more the more data there is. */
  work(): Work;
}

/** @param types of `check`, which found nothing wrong */
export function compile(expression: Expression, types: Types): Run {
  let work: Work | null = null;
  const c: Compiling = {
    typeOf(inner) {
      const type = types.get(inner);
      if (!type) throw new Error('an expression was compiled that was not checked');
      return type;
    },
    run: (inner) => compileAny(c, inner),
    work() {
      work ??= new Work();
      return work;
    },
  };
  return restarting(c.run(expression), work);
}

function restarting(run: Run, work: Work | null): Run {
  if (!work) return run;
  return (scope) => {
    work.restart();
    return run(scope);
  };
}

function compileAny(c: Compiling, expression: Expression): Run {
  switch (expression.kind) {
    case 'literal': {
      const value = literalValue(c, expression);
      return () => value;
    }
    case 'name':
      return compileName(c, expression);
    case 'select':
      return compileSelect(c, expression);
    case 'index':
      return compileIndex(c, expression);
    case 'has':
      return compileHas(c, expression);
    case 'list':
      return compileList(c, expression);
    case 'not':
      return compileNot(c, expression);
    case 'negate':
      return compileNegate(c, expression);
    case 'choice':
      return compileChoice(c, expression);
    case 'call':
      return compileCall(c, expression);
    case 'binary': {
      const { op } = expression;
      if (op === '&&' || op === '||') return compileLogic(c, expression);
      if (op === 'in') return compileIn(c, expression);
      return '+-*/%'.includes(op)
        ? compileArithmetic(c, expression)
        : compileComparison(c, expression);
    }
    default:
      return expression satisfies never;
  }
}

/** A text that the checker found to be a time of day or a date is the number it stands for. */
export function literalValue(c: Compiling, literal: Literal): string | number | boolean | null {
  const { kind } = c.typeOf(literal);
  if (kind === 'time') return readTime(String(literal.value));
  if (kind === 'date') return readDate(String(literal.value));
  return literal.value;
}

/** The value of a literal, or undefined for everything else. */
export const constantOf = (c: Compiling, expression: Expression) =>
  expression.kind === 'literal' ? literalValue(c, expression) : undefined;

function compileList(c: Compiling, { items }: KindOf<'list'>): Run {
  const constants = items.map((item) => constantOf(c, item));
  if (constants.every((value) => value !== undefined)) return () => constants;
  const runs = items.map((item) => c.run(item));
  return (scope) => {
    const values: unknown[] = [];
    for (const run of runs) {
      const value = run(scope);
      if (value instanceof RuleFailure) return value;
      values.push(value);
    }
    return values;
  };
}

function compileNegate(c: Compiling, { of }: KindOf<'not' | 'negate'>): Run {
  const { run, failing } = operand(c, of, true);
  // Of whole numbers there is one zero, of doubles there are two.
  const isWhole = c.typeOf(of).kind === 'int';
  return (scope) => {
    const value = run(scope);
    if (typeof value !== 'number') return failing(value);
    return isWhole ? 0 - value : -value;
  };
}
