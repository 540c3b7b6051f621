import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import { z } from 'zod';
import {
  compileExpression,
  RuleFailure,
  type RuleIssue,
  type RuleSchema,
  ruleSchema,
  type Scope,
  type ValueType,
} from '../index.ts';
import { Outside, type ProtoValue, readProto } from './proto-values.ts';

const Proto = z.record(z.string(), z.unknown());
const Original = z.object({
  name: z.string(),
  expr: z.string(),
  value: Proto.optional(),
  typedResult: z.object({ result: Proto.optional() }).optional(),
  evalError: z.unknown().optional(),
  checkOnly: z.boolean().optional(),
  bindings: z.record(z.string(), z.object({ value: Proto })).default({}),
  typeEnv: z.array(z.object({ name: z.string() })).default([]),
});
type Original = z.infer<typeof Original>;

export type Outcome =
  /** The value, or a failure where CEL fails. */
  | { kind: 'passed'; got: unknown; schema: RuleSchema; scope: Scope }
  /** Refused when it is checked; CEL fails when it runs. */
  | { kind: 'refused'; code: string }
  | { kind: 'excluded'; reason: string }
  | { kind: 'failed'; expected: unknown; got: unknown };

export interface CaseOutcome {
  file: string;
  name: string;
  expr: string;
  outcome: Outcome;
}

/** Every case of the specification's suite, tried. */
export function tryConformance(): CaseOutcome[] {
  return (tests.suites ?? []).flatMap((file) =>
    (file.suites ?? []).flatMap((group) =>
      (group.tests ?? []).map(({ original }) => {
        const one = Original.parse(original);
        const name = `${group.name}/${one.name}`;
        return { file: file.name, name, expr: one.expr, outcome: tryCase(file.name, one) };
      }),
    ),
  );
}

const FAILS = Symbol('fails');

function tryCase(file: string, one: Original): Outcome {
  try {
    const { schema, scope } = surroundings(one);
    const expected = expectedOf(one);
    const compiled = compileExpression(one.expr, schema);
    if (!compiled.ok) return refusal(file, compiled.issues, expected === FAILS);
    const got = compiled.evaluate(scope);
    const isRight = expected === FAILS ? got instanceof RuleFailure : same(got, expected);
    return isRight ? { kind: 'passed', got, schema, scope } : { kind: 'failed', expected, got };
  } catch (problem) {
    if (!(problem instanceof Outside)) throw problem;
    return { kind: 'excluded', reason: WHOLE_FILES[file] ?? problem.message };
  }
}

const same = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));

function surroundings({ bindings, typeEnv, checkOnly }: Original) {
  if (checkOnly) throw new Outside('only checked, never run');
  const fields: Record<string, ValueType> = {};
  const scope: Record<string, unknown> = {};
  for (const [name, { value: proto }] of Object.entries(bindings)) {
    if (!/^\w+$/.test(name) || ['true', 'false', 'null'].includes(name))
      throw new Outside('names with dots, and literals as names');
    const { type, value } = readProto(proto);
    fields[name] = type;
    scope[name] = value;
  }
  if (typeEnv.some(({ name }) => !(name in fields)))
    throw new Outside('names with dots, and literals as names');
  return { schema: ruleSchema(fields), scope };
}

/** Without a value the suite means true. */
function expectedOf({ value, typedResult, evalError }: Original): unknown {
  if (evalError !== undefined) return FAILS;
  const proto: ProtoValue = value ?? typedResult?.result ?? { boolValue: true };
  return readProto(proto).value;
}

/** Nothing of these files is within the subset, for one reason. */
const WHOLE_FILES: Record<string, string> = {
  bindings_ext: 'extension libraries',
  block_ext: 'extension libraries',
  encoders_ext: 'extension libraries',
  math_ext: 'extension libraries',
  string_ext: 'extension libraries',
  proto2_ext: 'extension libraries',
  macros: 'macros',
  macros2: 'macros',
  optionals: 'optional access',
  dynamic: 'messages',
  enums: 'messages',
  proto2: 'messages',
  proto3: 'messages',
  wrappers: 'messages',
};

/** Codes that say: CEL has it, the subset has not. */
const NOT_IN_SUBSET = ['not_available', 'unknown_function', 'syntax', 'character_not_allowed'];

function refusal(file: string, issues: RuleIssue[], mustFail: boolean): Outcome {
  const [issue] = issues.filter(({ severity }) => severity === 'error');
  if (!issue) throw new Error('refused without an error');
  const { code, params } = issue;
  if (mustFail && !NOT_IN_SUBSET.includes(code) && params.name !== 'dyn')
    return { kind: 'refused', code };
  return { kind: 'excluded', reason: WHOLE_FILES[file] ?? reasonOf(code, params) };
}

function reasonOf(code: string, { name = '', feature = '' }: Record<string, string>): string {
  if (code === 'not_available') return FEATURES[feature] ?? feature;
  if (name === 'dyn') return 'dyn()';
  if (['int', 'uint', 'double', 'string', 'bool', 'bytes', 'type'].includes(name))
    return 'conversions and types as values';
  if (code === 'unknown_function')
    return name.startsWith('get') ? 'calendar fields' : 'functions that only the suite has';
  return REASONS[code] ?? code;
}

const FEATURES: Record<string, string> = {
  'An unsigned number': 'unsigned numbers',
  'A text of bytes': 'bytes',
  'A map in braces': 'map literals',
  'A pattern': 'patterns',
  'A backslash before a quote in a raw text': 'raw texts with a backslash before a quote',
};

const REASONS: Record<string, string> = {
  syntax: 'messages',
  character_not_allowed: 'names in backticks',
  hidden_character: 'control characters that are not escaped',
  mixed_list: 'lists and maps of several types',
  not_comparable: 'operands of several types',
  wrong_type: 'operands of several types',
  too_deep: 'more than eight prefixes in a row',
  bad_timestamp: 'nanoseconds',
  bad_duration: 'nanoseconds',
  unknown_name: 'names without a declaration',
};
