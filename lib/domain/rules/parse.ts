import { Environment, ParseError } from '@marcbachmann/cel-js';
import type { Expression } from './expression.ts';
import { type Finding, issueOf, type RuleIssue } from './issue.ts';
import { RULE_LIMITS } from './limits.ts';
import { findingOf } from './parser-errors.ts';
import { NotAllowed, read } from './read.ts';
import { scan } from './scan.ts';

/** Only its parser is used: the evaluator and the checker are ours. */
const parser = new Environment({
  limits: {
    maxAstNodes: RULE_LIMITS.tokens,
    maxDepth: RULE_LIMITS.depth + RULE_LIMITS.choices + 32,
    maxListElements: RULE_LIMITS.items,
    maxMapEntries: RULE_LIMITS.items,
    maxCallArguments: 8,
  },
});

export type Parsed = { ok: true; expression: Expression } | { ok: false; issues: RuleIssue[] };

/**
 * Text to expression, in time bounded by RULE_LIMITS whatever the text is.
 * @returns the first thing wrong with its form, if any; names and types are not looked at
 */
export function parseRule(source: string): Parsed {
  const finding = scan(source);
  if (finding) return refused(source, finding);
  try {
    return { ok: true, expression: read(parser.parse(source).ast) };
  } catch (problem) {
    if (problem instanceof NotAllowed) return refused(source, problem.finding);
    if (problem instanceof ParseError) return refused(source, findingOf(source, problem));
    throw problem;
  }
}

const refused = (source: string, finding: Finding): Parsed => ({
  ok: false,
  issues: [issueOf(source, finding)],
});
