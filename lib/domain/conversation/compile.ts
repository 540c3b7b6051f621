import type { Chart } from './chart.ts';
import { checkFlow, type FlowIssue } from './validate.ts';

/** A checked flow, ready to step. Keep it: compiling costs more than a thousand steps. */
export interface Flow {
  chart: Chart;
}

/** A definition that may not run. */
export class FlowInvalid extends Error {
  readonly issues: FlowIssue[];

  constructor(issues: FlowIssue[]) {
    super(issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n'));
    this.name = 'FlowInvalid';
    this.issues = issues;
  }
}

/**
 * @param definition JSON as stored in flow_version.definition
 * @throws FlowInvalid with every issue
 */
export function compileFlow(definition: unknown): Flow {
  const { chart, issues } = checkFlow(definition);
  if (!chart || issues.length > 0) throw new FlowInvalid(issues);
  return { chart };
}
