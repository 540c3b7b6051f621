import { compileRule, type Rule } from '#lib/domain/rules/index.ts';
import { HOSTILE } from '#lib/domain/rules/test/hostile.ts';
import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import { GUARDS, makeScopes, SCHEMA } from './guards.ts';
import { type Contestant, perSecond } from './pace.ts';
import { SHARED, withBufbuild, withMarcbachmann } from './yardsticks.ts';

export const rules: Bench = {
  name: 'rules',
  about: 'conditions a second on one core, beside two other implementations of CEL; hostile text',
  run: runRules,
};

const SIZE = {
  quick: { rounds: 5, roundMs: 200 },
  full: { rounds: 15, roundMs: 1_000 },
} as const;

const SCOPES = 64;
/** A working day in Shanghai, 10:00. */
const NOW = Date.UTC(2026, 10, 20, 2);

function compiled(source: string): Rule {
  const result = compileRule(source, SCHEMA);
  if (!result.ok) throw new Error(`${source}: ${result.issues[0]?.message}`);
  return result.rule;
}

async function runRules(context: BenchContext): Promise<BenchResult> {
  const size = SIZE[context.quick ? 'quick' : 'full'];
  const scopes = makeScopes(SCOPES, NOW);
  const all = GUARDS.map(compiled);
  const shared = SHARED.map(compiled);
  const ours = (some: Rule[]): Contestant => ({
    size: some.length * SCOPES,
    round() {
      let yes = 0;
      for (const scope of scopes) for (const rule of some) if (rule.test(scope)) yes++;
      return yes;
    },
  });
  const mix = perSecond(ours(all), size);
  context.say(`the mix of ${all.length}: ${(mix / 1e6).toFixed(1)} million a second`);
  const beside = {
    parlour: ours(shared),
    marcbachmann: withMarcbachmann(scopes),
    bufbuild: withBufbuild(scopes),
  };
  const answers = Object.values(beside).map((one) => one.round());
  const agree = new Set(answers).size === 1;
  const rates = Object.entries(beside).map(([name, one]) => {
    const value = perSecond(one, size);
    context.say(`${name}: ${(value / 1e6).toFixed(2)} million a second`);
    return { metric: `shared_${name}_per_second`, value, unit: '1/s' };
  });
  return {
    metrics: [
      { metric: 'evaluations_per_second', value: mix, unit: '1/s' },
      ...rates,
      { metric: 'hostile_worst_ms', value: worstHostile(), unit: 'ms' },
    ],
    notes: [
      `${GUARDS.length} conditions over ${SCOPES} conversations, medians of ${size.rounds} rounds, CPU time of the process`,
      `the others run ${SHARED.length} of them: they have no clock of a time zone`,
    ],
    problems: agree
      ? []
      : [`the implementations answer otherwise: ${answers.join(', ')} times yes`],
  };
}

/** The longest that one hostile text takes until it is refused or compiled; the best of five tries each. */
function worstHostile(): number {
  const took = HOSTILE.map(({ source }) => {
    const tries = Array.from({ length: 5 }, () => {
      const began = performance.now();
      compileRule(source, SCHEMA);
      return performance.now() - began;
    });
    return Math.min(...tries);
  });
  return Math.max(...took);
}
