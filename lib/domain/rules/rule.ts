import { check, type Types } from './check.ts';
import { compile, type Scope } from './compile.ts';
import { fold } from './constant.ts';
import type { Expression } from './expression.ts';
import { RuleFailure } from './failure.ts';
import { type Finding, issueOf, type RuleIssue } from './issue.ts';
import { RULE_LIMITS } from './limits.ts';
import { parseRule } from './parse.ts';
import { absences } from './presence.ts';
import { fieldsOf } from './reads.ts';
import type { RuleSchema } from './schema.ts';
import { typeName, type ValueType } from './value-types.ts';

/** A condition ready to be asked. */
export interface Rule {
  source: string;
  expression: Expression;
  /** Paths it reads, `event.reason`; has() alone counts too. */
  reads: readonly string[];
  /**
   * True or false; false too when it fails, and then `report` is told why.
   * @param scope a plain object by the schema; nothing it inherits is seen
   */
  test(scope: Scope, report?: (failure: RuleFailure) => void): boolean;
  /** The same without a decision about failures. */
  evaluate(scope: Scope): boolean | RuleFailure;
}

export type CompiledRule =
  | { ok: true; rule: Rule; warnings: RuleIssue[] }
  | { ok: false; issues: RuleIssue[] };

const ALWAYS = { true: 'always_true', false: 'always_false', fails: 'always_fails' } as const;

/** A condition in words to something that can be asked, or everything that is wrong with it. */
export function compileRule(source: string, schema: RuleSchema): CompiledRule {
  const compiled = prepare(source, schema);
  if (!compiled.ok) return compiled;
  const { expression, type, types, evaluate } = compiled;
  const refuse = (finding: Finding): CompiledRule => ({
    ok: false,
    issues: [...compiled.warnings, issueOf(source, finding)],
  });
  if (type.kind !== 'bool') {
    const params = { found: typeName(type) };
    return refuse({ code: 'not_yes_or_no', span: expression.span, params });
  }
  const folded = fold(expression, types);
  const code = folded === null ? null : ALWAYS[`${folded}`];
  const constant: Finding[] = code ? [{ code, span: expression.span, params: {} }] : [];
  const findings = [...absences(expression, schema).slice(0, RULE_LIMITS.issues), ...constant];
  const rule: Rule = {
    source,
    expression,
    reads: fieldsOf(expression),
    evaluate: (scope) => truth(evaluate(scope)),
    test(scope, report) {
      const value = evaluate(scope);
      if (typeof value === 'boolean') return value;
      if (report && value instanceof RuleFailure) report(value);
      return false;
    },
  };
  const warnings = [...compiled.warnings, ...findings.map((one) => issueOf(source, one))];
  return { ok: true, rule, warnings };
}

function truth(value: unknown): boolean | RuleFailure {
  if (typeof value === 'boolean' || value instanceof RuleFailure) return value;
  throw new Error('a condition gave neither true, false nor a failure');
}

export type CompiledExpression =
  | {
      ok: true;
      expression: Expression;
      type: ValueType;
      /** The value of `type` or a RuleFailure. */
      evaluate(scope: Scope): unknown;
      warnings: RuleIssue[];
    }
  | { ok: false; issues: RuleIssue[] };

/** The same for expressions of any type. */
export function compileExpression(source: string, schema: RuleSchema): CompiledExpression {
  const prepared = prepare(source, schema);
  if (!prepared.ok) return prepared;
  const { types: _, ...compiled } = prepared;
  return compiled;
}

type Prepared =
  | (Extract<CompiledExpression, { ok: true }> & { types: Types })
  | { ok: false; issues: RuleIssue[] };

function prepare(source: string, schema: RuleSchema): Prepared {
  const parsed = parseRule(source);
  if (!parsed.ok) return parsed;
  const { expression } = parsed;
  const { types, type, findings } = check(expression, schema);
  const issues = findings.map((finding) => issueOf(source, finding));
  if (!type || issues.some(({ severity }) => severity === 'error')) return { ok: false, issues };
  const evaluate = compile(expression, types);
  return { ok: true, expression, type, types, evaluate, warnings: issues };
}
