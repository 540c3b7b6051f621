import type { Span } from './expression.ts';
import { ISSUE_TEXTS, type IssueCode, WARNINGS } from './issue-texts.ts';

/** Where an issue stands: `offset` and `length` in UTF-16 units, `line` and `column` from 1. */
export interface Place {
  offset: number;
  length: number;
  line: number;
  column: number;
}

/** Something wrong with an expression. `code` and `params` are stable; the English is made of them. */
export interface RuleIssue {
  code: IssueCode;
  /** With errors there is no rule; warnings are confirmed. */
  severity: 'error' | 'warning';
  place: Place;
  params: Readonly<Record<string, string>>;
  /** What is wrong. */
  message: string;
  /** What to do about it. */
  hint: string;
}

export function placeOf(source: string, { start, end }: Span): Place {
  const offset = Math.min(start, source.length);
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    offset,
    length: Math.max(0, Math.min(end, source.length) - offset),
    line: before.split('\n').length,
    column: offset - lineStart + 1,
  };
}

/** What a part of the checker found, before the source is at hand to say the line. */
export interface Finding {
  code: IssueCode;
  span: Span;
  params: Record<string, string>;
}

export function issueOf(source: string, { code, span, params }: Finding): RuleIssue {
  const text = ISSUE_TEXTS[code](params);
  const severity = WARNINGS.has(code) ? 'warning' : 'error';
  return { code, severity, place: placeOf(source, span), params, ...text };
}
