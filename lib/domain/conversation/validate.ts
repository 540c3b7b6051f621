import { buildChart, type Chart } from './chart.ts';
import { FlowDefinition } from './definition.ts';
import { formIssues } from './validate-form.ts';
import { phaseIssues } from './validate-phases.ts';

export interface FlowIssue {
  /** Dotted place in the definition. */
  path: string;
  message: string;
  hint: string;
}

/** Everything wrong with a definition; the chart when its form and names are right. */
export function checkFlow(definition: unknown): { chart: Chart | null; issues: FlowIssue[] } {
  const parsed = FlowDefinition.safeParse(definition);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
      hint: 'Correct the form of this part.',
    }));
    return { chart: null, issues };
  }
  const { chart, problems } = buildChart(parsed.data);
  if (problems.length > 0) return { chart: null, issues: problems };
  const issues = formIssues(parsed.data, chart);
  // Meaning is asked only of what has a form: a circle would be followed for ever.
  return { chart, issues: issues.length > 0 ? issues : phaseIssues(chart) };
}

export function validateFlow(definition: unknown): FlowIssue[] {
  return checkFlow(definition).issues;
}
