import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { env } from '#lib/env.ts';
import { createChance } from './chance.ts';
import { FAULTS, type Fault } from './history.ts';
import { planRound, QUICK_ROUNDS, type Round } from './nemesis/plan.ts';
import { printReport } from './report.ts';
import { runChaos } from './run.ts';

const Whole = z.coerce.number().int().min(0);

const Options = z.object({
  minutes: z.coerce.number().positive().default(5),
  seed: Whole.default(() => Math.floor(Math.random() * 2 ** 31)),
  visitors: Whole.default(12),
  agents: Whole.default(4),
  nodes: z.coerce.number().int().min(1).max(8).default(2),
  /** Factor on the times in which everyone is to be in step, for a machine that is busy besides. */
  patience: z.coerce.number().positive().default(1),
  /** `cut,kill_redis`: only these are drawn. */
  faults: z
    .string()
    .transform((names) => names.split(','))
    .pipe(z.array(z.enum(FAULTS)).min(1))
    .default([...FAULTS]),
});

/** Rounds by chance until the time is over. */
function* roundsFor(minutes: number, seed: number, faults: Fault[]): Generator<Round> {
  const until = performance.now() + minutes * 60_000;
  const chance = createChance(seed).fork('plan');
  while (performance.now() < until) yield planRound(chance, faults);
}

/**
 * `--minutes N --seed N [--quick] [--visitors N] [--agents N] [--nodes N] [--faults A,B] [--patience N]`
 * @returns the exit code
 */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      visitors: { type: 'string' },
      agents: { type: 'string' },
      nodes: { type: 'string' },
      patience: { type: 'string' },
      faults: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const parsed = Options.safeParse(values);
  if (!parsed.success) {
    console.error(z.prettifyError(parsed.error));
    return 1;
  }
  const { minutes, seed, visitors, agents, nodes, patience, faults } = parsed.data;
  console.log(`chaos, seed ${seed}`);
  const began = performance.now();
  const folder = join(env().dataDir, 'chaos');
  mkdirSync(folder, { recursive: true });
  const report = await runChaos({
    seed,
    rounds: values.quick ? QUICK_ROUNDS : roundsFor(minutes, seed, faults),
    size: { visitors, agents, nodes },
    folder,
    patience,
    say: (line) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
      console.log(`${seconds} s  ${line}`);
    },
  });
  printReport(report);
  writeFileSync(join(folder, `report-${seed}.json`), `${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // The seed stands in the first line.
  console.error('chaos: the run itself failed:', error);
  process.exitCode = 1;
}
// A socket that a fault left hanging could keep this process alive after its work is done.
process.exit();
