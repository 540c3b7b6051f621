import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createChance } from './chance.ts';
import { checkHistory } from './check/index.ts';
import { finish } from './finish.ts';
import { limitAfter, untilInStep } from './healing.ts';
import type { Fault, Violation } from './history.ts';
import { playRound } from './nemesis/nemesis.ts';
import type { Round } from './nemesis/plan.ts';
import { createRecorder } from './recorder.ts';
import { type Size, startWorld } from './world/world.ts';

export interface RunOptions {
  seed: number;
  /** Rounds one after another; ends the run when it ends. */
  rounds: Iterable<Round>;
  size: Size;
  /** Folder for the world and its histories; the world is removed when all held. */
  folder: string;
  /** Factor on the time in which everyone is in step: a busy machine is slower than the promise. */
  patience: number;
  say(line: string): void;
}

export interface RunReport {
  seed: number;
  minutes: number;
  rounds: number;
  faults: Partial<Record<Fault, number>>;
  /** What could not be done here. */
  leftOut: string[];
  acked: number;
  conversations: number;
  /** Longest time until everyone was in step, after cuts and kills, and after silence. ms */
  slowestHealing: { usualMs: number; silentMs: number };
  /** What each rule looked at is the checker's; this is what it found. */
  violations: Violation[];
  /** Where histories and logs lie; only when something was violated. */
  kept: string | null;
}

/** Lets everybody settle after the world was started, before anything breaks. */
const QUIET_MS = 3_000;
/** However broken it is, a run looks at the rest of its rounds. */
const LONGEST_WAIT_MS = 90_000;

export async function runChaos(options: RunOptions): Promise<RunReport> {
  const { seed, say, folder } = options;
  const began = performance.now();
  const chance = createChance(seed);
  const home = join(folder, `chaos-${seed}-${randomBytes(3).toString('hex')}`);
  mkdirSync(home, { recursive: true });
  const recorder = createRecorder(join(home, 'histories'), seed);
  const violations: Violation[] = [];
  const faults: Partial<Record<Fault, number>> = {};
  const slowestHealing = { usualMs: 0, silentMs: 0 };
  let rounds = 0;
  let conversations = 0;
  const world = await startWorld(join(home, 'world'), options.size, chance, recorder);
  const leftOut = world.redis?.mortal
    ? []
    : [
        world.redis
          ? 'kill_redis: the Redis of REDIS_URL is not ours to kill'
          : 'Redis: there is no redis-server on PATH, so that nodes share PostgreSQL only',
      ];
  try {
    const everyone = (acting: boolean) => {
      for (const person of world.people) person.setActing(acting);
    };
    for (const person of world.people) person.start();
    everyone(true);
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    for (const round of options.rounds) {
      rounds += 1;
      say(`round ${rounds}: ${Math.round(round.lengthMs / 1000)} s`);
      const applied = await playRound(world, round, chance.fork(`round ${rounds}`), recorder, say);
      for (const fault of applied) faults[fault] = (faults[fault] ?? 0) + 1;
      everyone(false);
      const at = recorder.now();
      const limitMs = limitAfter(applied) * options.patience;
      const { tookMs, late } = await untilInStep(world, Math.max(LONGEST_WAIT_MS, limitMs));
      const inTime = tookMs !== null && tookMs <= limitMs;
      recorder.nemesis({ kind: 'healed', at, tookMs, after: applied });
      const kind = limitAfter(applied) === limitAfter([]) ? 'usualMs' : 'silentMs';
      slowestHealing[kind] = Math.max(slowestHealing[kind], tookMs ?? Number.POSITIVE_INFINITY);
      const last = late.map(({ name, why }) => `${name} (${why})`).join('; ');
      say(`  in step after ${tookMs ?? 'more than 90 000'} ms; last: ${last}`);
      if (!inTime) {
        const text = `after ${applied.join(', ')} it took ${tookMs ?? 'more than 90 000'} ms (at most ${limitMs}) until everyone was in step; last: ${last}`;
        violations.push({ rule: 'in step in time', text, evidence: [{ round, late }] });
      }
      everyone(true);
    }
    everyone(false);
    say('the end: everybody stops acting');
    violations.push(
      ...(await finish(world, async () => {
        const idle = faults.upgrade ? [] : ['upgrades go unnoticed'];
        const found = await checkHistory(recorder.histories(), world.pool, { idle });
        const { rows } = await world.pool.query<{ count: number }>(
          'SELECT count(*)::int FROM conversation',
        );
        conversations = rows[0]?.count ?? 0;
        return found;
      })),
    );
  } finally {
    await world.close();
    await recorder.close();
  }
  const acked = recorder
    .histories()
    .clients.flatMap(({ records }) => records.filter(({ kind }) => kind === 'acked')).length;
  const broken = violations.length > 0;
  rmSync(broken ? join(home, 'world', 'postgres') : home, { recursive: true, force: true });
  return {
    seed,
    minutes: (performance.now() - began) / 60_000,
    rounds,
    faults,
    leftOut,
    acked,
    conversations,
    slowestHealing,
    violations,
    kept: broken ? home : null,
  };
}
