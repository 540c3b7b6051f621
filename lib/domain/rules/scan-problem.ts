import type { Span } from './expression.ts';
import type { Finding } from './issue.ts';
import type { IssueCode } from './issue-texts.ts';

/** Thrown and caught inside the scan only. */
export class ScanProblem extends Error {
  readonly finding: Finding;
  constructor(code: IssueCode, span: Span, params: Record<string, string> = {}) {
    super(code);
    this.finding = { code, span, params };
  }
}
