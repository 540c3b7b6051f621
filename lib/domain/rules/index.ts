export { readDuration, writeDuration } from './calendar.ts';
export { SIGNATURES } from './check-calls.ts';
export type { Scope } from './compile.ts';
export { type Fold, foldRule } from './constant.ts';
export type { Expression, FunctionName, Literal, Span } from './expression.ts';
export { FUNCTIONS, isIdentifier, METHODS, NOWHERE } from './expression.ts';
export { FAILURE_CODES, type FailureCode, RuleFailure } from './failure.ts';
export type { Place, RuleIssue } from './issue.ts';
export type { IssueCode } from './issue-texts.ts';
export { RULE_LIMITS, WORK_LIMITS } from './limits.ts';
export { type Parsed, parseRule } from './parse.ts';
export { printRule, quote } from './print.ts';
export { fieldsOf } from './reads.ts';
export {
  type CompiledExpression,
  type CompiledRule,
  compileExpression,
  compileRule,
  type Rule,
} from './rule.ts';
export { sameRule } from './same.ts';
export { namesIn, type RuleName, type RuleSchema, ruleSchema, t } from './schema.ts';
export { typeName, type ValueType } from './value-types.ts';
export { isZone } from './zones.ts';
