import { build, type Histogram } from 'hdr-histogram-js';
import { createPool } from '#lib/db/pool.ts';
import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import { postgresCpu } from '../load/proc.ts';
import { type Ask, everyAsk } from './asks.ts';
import { checkEntries, checkFolds } from './check.ts';
import { openConsole } from './console.ts';
import { explaining } from './explain.ts';
import { indexingCost } from './indexing.ts';
import { shopOf, shopSeed } from './kept.ts';
import type { Size } from './plan.ts';

const FULL: Size = { conversations: 1_000_000, open: 5_000, long: 20, contacts: 400_000 };
const QUICK: Size = { conversations: 100_000, open: 2_000, long: 5, contacts: 40_000 };

/** Rounds of all questions: the first ones warm caches and prepared statements and are not counted. */
const ROUNDS = { quick: 80, full: 600 };
const WARM = { quick: 15, full: 60 };
/** Members who ask at a time. */
const AT_ONCE = 2;
/** No part of the bench takes longer, however busy the machine is. */
const MOST_MS = { quick: 15_000, full: 300_000 };

const TARGET_MS = 50;

/** Every question in turn, round by round, so that no page is asked for again and again. */
async function measure(
  asks: readonly Ask[],
  rounds: number,
  mostMs: number,
  ask: (one: Ask, round: number) => Promise<void>,
): Promise<Map<Ask, Histogram>> {
  const times = new Map(asks.map((one) => [one, build({ highestTrackableValue: 120_000_000 })]));
  const until = performance.now() + mostMs;
  for (let round = 0; round < rounds && performance.now() < until; round += 1) {
    let next = 0;
    const hand = async () => {
      for (let one = asks[next++]; one; one = asks[next++]) {
        const began = performance.now();
        await ask(one, round);
        times.get(one)?.recordValue(Math.max(1, Math.round((performance.now() - began) * 1_000)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, hand));
  }
  return times;
}

const ms = (histogram: Histogram, percentile: number) =>
  histogram.getValueAtPercentile(percentile) / 1_000;

function together(histograms: readonly Histogram[]): Histogram {
  const all = build({ highestTrackableValue: 120_000_000 });
  for (const one of histograms) all.add(one);
  return all;
}

const GROUPS = ['open', 'page', 'sync', 'search', 'conversation'] as const;

function figures(times: Map<Ask, Histogram>): Pick<BenchResult, 'metrics' | 'notes'> {
  const of = (group: Ask['group']) => [...times].filter(([ask]) => ask.group === group);
  const metrics = GROUPS.flatMap((group) => {
    const all = together(of(group).map(([, histogram]) => histogram));
    return [50, 95, 99].map((percentile) => ({
      metric: `${group}_p${percentile}_ms`,
      value: ms(all, percentile),
      unit: 'ms',
    }));
  });
  return {
    metrics,
    notes: [...times].map(([ask, histogram]) => {
      const [p50, p95, p99] = [50, 95, 99].map((percentile) =>
        ms(histogram, percentile).toFixed(1),
      );
      const slow = ms(histogram, 95) > TARGET_MS ? `, above the target of ${TARGET_MS} ms` : '';
      return `${ask.name}: p50 ${p50}, p95 ${p95}, p99 ${p99} ms (${histogram.totalCount} times)${slow}`;
    }),
  };
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { quick, say } = context;
  const size = quick ? QUICK : FULL;
  const database = await context.createDatabase(shopSeed(quick ? 'quick' : 'full', size, say));
  const shop = await shopOf(database.pool);
  say('a copy of the seeded shop');
  const problems = [
    ...(await checkFolds(database.pool, shop, quick ? 40 : 100)),
    ...(await checkEntries(database.pool, shop, 1_000)),
  ];

  // The pool a desk has.
  const pool = createPool(database.url);
  context.after(() => pool.end());
  const desk = openConsole(pool);
  context.after(() => desk.node.close());
  const asks = await everyAsk(pool, shop, desk, size.contacts);
  await measure(
    asks,
    quick ? WARM.quick : WARM.full,
    quick ? MOST_MS.quick / 3 : MOST_MS.full,
    (one, round) => one.run(desk, round + 100_000),
  );
  say('warm');
  const databaseCpu = await postgresCpu(pool);
  const before = { database: databaseCpu?.() ?? 0, desk: process.cpuUsage() };
  const times = await measure(
    asks,
    quick ? ROUNDS.quick : ROUNDS.full,
    quick ? MOST_MS.quick : MOST_MS.full,
    (one, round) => one.run(desk, round),
  );
  const spent = process.cpuUsage(before.desk);
  const asked = [...times.values()].reduce((sum, one) => sum + one.totalCount, 0);
  const deskMs = (spent.user + spent.system) / 1_000 / asked;
  const databaseMs = ((databaseCpu?.() ?? 0) - before.database) / asked;
  say('measured');

  const explained = explaining(pool);
  const explainedDesk = openConsole(explained.pool);
  context.after(() => explainedDesk.node.close());
  await measure(asks, quick ? 3 : 8, MOST_MS.full, (one, round) =>
    one.run(explainedDesk, round + 50_000),
  );
  say('plans');

  const indexing = await indexingCost(pool, shop, quick ? 2_000 : 10_000);
  const counted = await pool.query<{ events: number; conversations: number; entries: number }>(
    `SELECT (SELECT count(*)::int FROM event) AS events, (SELECT count(*)::int FROM conversation) AS conversations,
       (SELECT count(*)::int FROM search_entry) AS entries`,
  );
  const { events, conversations, entries } = counted.rows[0] ?? {
    events: 0,
    conversations: 0,
    entries: 0,
  };
  const answer = figures(times);
  return {
    metrics: [...answer.metrics, ...indexing.metrics],
    notes: [
      `${conversations} conversations (${size.open} open), ${events} events, ${entries} search entries, 200 agents, 20 queues; asked by ${AT_ONCE} members at once`,
      'every copy is of a log that the product itself wrote; indexes were built after the copies had been loaded; the log’s past months, where nothing is written, are without a WAL',
      `CPU a question, on average: PostgreSQL ${databaseCpu ? databaseMs.toFixed(1) : '?'} ms, desk ${deskMs.toFixed(1)} ms`,
      ...answer.notes,
      ...indexing.notes,
    ],
    problems: [...problems, ...explained.found, ...indexing.problems],
  };
}

export const inbox: Bench = {
  name: 'inbox',
  about: 'the console’s questions in a database of a million conversations and 20 million events',
  run,
};
