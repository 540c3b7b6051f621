import type { Pool } from 'pg';
import type { Histories, Violation } from '../history.ts';
import { type Facts, readFacts } from './facts.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import { createWorld, type Limits } from './world.ts';

export { LIMITS, type Limits } from './world.ts';

export interface CheckOptions {
  limits?: Partial<Limits>;
  /** Names of rules about things that cannot happen in this run; they may find nothing to look at. */
  idle?: readonly string[];
  /** Names of the only rules that must find something to look at; without it all that are not idle. */
  needed?: readonly string[];
  /** Names of the only rules asked; all without it. */
  only?: readonly string[];
}

export interface CheckReport {
  violations: Violation[];
  /** How many things each rule looked at. */
  checked: Record<string, number>;
}

/** Violations of one rule that are told one by one. */
const TOLD = 20;

function ask(rule: Rule, world: Parameters<Rule['check']>[0], idle: boolean) {
  const { checked, findings } = rule.check(world);
  const violations: Violation[] = findings
    .slice(0, TOLD)
    .map(({ text, evidence }) => ({ rule: rule.name, text, evidence }));
  if (findings.length > TOLD) {
    const text = `… and ${findings.length - TOLD} more`;
    violations.push({ rule: rule.name, text, evidence: [] });
  }
  if (checked === 0 && !idle) {
    violations.push({ rule: rule.name, text: 'there was nothing to check', evidence: [] });
  }
  return { checked, violations };
}

/** Every rule over what clients and database say. Pure. */
export function checkFacts(
  histories: Histories,
  facts: Facts,
  { limits = {}, idle = [], needed, only }: CheckOptions = {},
): CheckReport {
  for (const name of [...idle, ...(needed ?? []), ...(only ?? [])]) {
    if (!RULES.some((rule) => rule.name === name)) throw new Error(`there is no rule "${name}"`);
  }
  const world = createWorld(histories, facts, limits);
  const report: CheckReport = { violations: [], checked: {} };
  for (const rule of RULES) {
    if (only && !only.includes(rule.name)) continue;
    const mayBeIdle = needed ? !needed.includes(rule.name) : idle.includes(rule.name);
    const { checked, violations } = ask(rule, world, mayBeIdle);
    report.checked[rule.name] = checked;
    report.violations.push(...violations);
  }
  return report;
}

/** The same, of a database as it is now; ask it when the run is over and everything has settled. */
export async function checkRun(
  histories: Histories,
  pool: Pool,
  options?: CheckOptions,
): Promise<CheckReport> {
  return checkFacts(histories, await readFacts(pool), options);
}

/**
 * What a run broke, proved from what its clients did and saw and from the database: a rule that found
 * nothing to look at counts as broken too.
 */
export async function checkHistory(
  histories: Histories,
  pool: Pool,
  options?: CheckOptions,
): Promise<Violation[]> {
  return (await checkRun(histories, pool, options)).violations;
}
