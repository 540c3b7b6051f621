import type { Parameters } from 'fast-check';

/**
 * How often and from which seed a random test runs. The suite repeats one seed, so that it says the same
 * wherever it runs; to look further, RULES_RUNS=100000 RULES_SEED=random, and a failure prints its seed
 * for RULES_SEED to repeat.
 */
export function runs(usual: number): Parameters<unknown> {
  const { RULES_RUNS, RULES_SEED = '20261121' } = process.env;
  const numRuns = Number(RULES_RUNS ?? usual);
  return RULES_SEED === 'random' ? { numRuns } : { numRuns, seed: Number(RULES_SEED) };
}
