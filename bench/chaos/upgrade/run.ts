import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createChance } from '../chance.ts';
import { checkRun } from '../check/index.ts';
import { finish } from '../finish.ts';
import { IN_STEP_MS, untilInStep } from '../healing.ts';
import type { Violation } from '../history.ts';
import { createRecorder } from '../recorder.ts';
import { type Size, startWorld, type World } from '../world/world.ts';

export interface UpgradeOptions {
  seed: number;
  size: Size;
  folder: string;
  /** How long people act before, between the steps and after. ms */
  actMs: number;
  /** Factor on the time in which everyone is in step: a busy machine is slower than the promise. */
  patience: number;
  say(line: string): void;
}

export interface UpgradeReport {
  violations: Violation[];
  /** How many things each rule of the checker looked at. */
  checked: Record<string, number>;
  /** Protocols of the pages that were loaded, in that order, by client. */
  pages: Record<string, number[]>;
  /** Transitions written by the next release into its new column. */
  writtenByNext: number;
}

/**
 * What every run has, however few seconds people act and whatever they choose to do; the other rules
 * are asked about what there was.
 */
const NEEDED = [
  'D1 acknowledged once',
  'P1 asked for',
  'I5 gapless',
  'I5 row is fold',
  'D2 same order for all',
  'own order',
  'transitions tell the truth',
  'everyone in step',
  'no error of ours',
  'upgrades go unnoticed',
];
const PATIENCE_MS = 60_000;

async function writtenByNext({ pool }: World): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM conversation WHERE of_release_1 = 'written'`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * Upgrades every node to a release that differs in schema and protocol while people go on: first the
 * migration under the old release, then node by node. Nobody may lose anything, no visitor may be shown
 * an error, and after each step everybody is in step in time.
 */
export async function runUpgrade(options: UpgradeOptions): Promise<UpgradeReport> {
  const { seed, say } = options;
  const home = mkdtempSync(join(options.folder, 'upgrade-'));
  const chance = createChance(seed);
  const recorder = createRecorder(join(home, 'histories'), seed);
  const world = await startWorld(join(home, 'world'), options.size, chance, recorder);
  const report: UpgradeReport = { violations: [], checked: {}, pages: {}, writtenByNext: 0 };
  const act = async (acting: boolean) => {
    for (const person of world.people) person.setActing(acting);
    if (acting) await new Promise((resolve) => setTimeout(resolve, options.actMs));
  };
  const inStepAfter = async (step: string) => {
    await act(false);
    const at = recorder.now();
    const { tookMs, late } = await untilInStep(world, PATIENCE_MS);
    const inTime = tookMs !== null && tookMs <= IN_STEP_MS.usual * options.patience;
    recorder.nemesis({ kind: 'healed', at, tookMs: inTime ? tookMs : null, after: ['upgrade'] });
    const last = late.map(({ name, why }) => `${name} (${why})`).join('; ');
    say(`in step ${tookMs ?? 'never'} ms after ${step}; last: ${last}`);
    await act(true);
  };
  try {
    for (const person of world.people) person.start();
    await act(true);
    const from = recorder.now();
    const codes = await world.rollout.toNext(inStepAfter);
    const until = recorder.now();
    const about = { codes };
    const fault = { fault: 'upgrade', target: 'all nodes', from, until, about } as const;
    recorder.nemesis({ kind: 'fault', at: until, ...fault });
    await act(false);
    const found = await finish(world, async () => {
      const { violations, checked } = await checkRun(recorder.histories(), world.pool, {
        needed: NEEDED,
      });
      report.checked = checked;
      report.writtenByNext = await writtenByNext(world);
      return violations;
    });
    report.violations.push(...found);
    report.pages = world.rollout.pages();
    return report;
  } finally {
    await world.close();
    await recorder.close();
    if (report.violations.length === 0) rmSync(home, { recursive: true, force: true });
    else say(`histories and logs: ${home}`);
  }
}
