import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import type { Answer } from './store.ts';
import { StoreProcess } from './store-process.ts';
import { singles, unnested } from './yardsticks.ts';

const CONVERSATIONS = 5_000;
const AGENTS = 200;
const SIZES = [1, 10, 50, 200, 500];
const RATES = [500, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000];
const TARGET_RATE = 3_000;
const TARGET_P99_MS = 3;
/** Two groups of the largest size: one is written while the next one gathers. */
const FULL_WIDTH = 1_000;

const rounded = (value: number | null | undefined) => Math.round(value ?? 0);
const cpuOf = ({ cpu }: Answer) =>
  `desk ${cpu?.desk.toFixed(1)} µs, PostgreSQL ${cpu?.postgres?.toFixed(1) ?? '?'} µs a message`;

async function run(context: BenchContext): Promise<BenchResult> {
  const { quick, say } = context;
  const result: BenchResult = { metrics: [], series: [], notes: [], problems: [] };
  const metric = (name: string, value: number, unit: string) =>
    result.metrics.push({ metric: name, value, unit });
  const database = await context.createDatabase();
  const { rows } = await database.pool.query<{ fsync: string }>('SHOW fsync');
  if (rows[0]?.fsync !== 'on') result.problems.push('fsync is off: nothing here is durable');

  const store = new StoreProcess();
  context.after(() => store.end());
  say(`opening ${CONVERSATIONS} conversations, served by ${AGENTS} agents`);
  await store.ask({
    do: 'open',
    url: database.url,
    conversations: CONVERSATIONS,
    agents: AGENTS,
  });
  // Prepared statements, compiled code, warm pages: none of it is part of any figure.
  await store.ask({ do: 'full', width: FULL_WIDTH, ms: quick ? 2_000 : 5_000 });

  say('open loop: what a commit takes by rate');
  const byRate: [number, number][] = [];
  const meanByRate: [number, number][] = [];
  for (const perSecond of quick ? [1_000, TARGET_RATE] : RATES) {
    const ms = quick ? 5_000 : perSecond === TARGET_RATE ? 30_000 : 10_000;
    const answer = await store.ask({ do: 'rate', perSecond, warmUpMs: 1_000, ms });
    const { latency, lateness } = answer;
    if (!latency || !lateness) continue;
    byRate.push([perSecond, latency.p99]);
    meanByRate.push([perSecond, latency.mean]);
    say(
      `${perSecond}/s: mean ${latency.mean.toFixed(2)} p99 ${latency.p99.toFixed(2)} ms ` +
        `(asked late: p99 ${lateness.p99.toFixed(2)} ms)`,
    );
    if (perSecond !== TARGET_RATE) continue;
    metric('p99_ms_at_3000', latency.p99, 'ms');
    metric('mean_ms_at_3000', latency.mean, 'ms');
    const floor = await store.ask({ do: 'rate', perSecond, warmUpMs: 1_000, ms, bare: true });
    metric('floor_p99_ms_at_3000', floor.latency?.p99 ?? 0, 'ms');
    metric('floor_mean_ms_at_3000', floor.latency?.mean ?? 0, 'ms');
    result.notes.push(
      `At 3,000/s: the floor is the event table alone, written by one insert at a time of whatever came meanwhile: ` +
        `p99 ${floor.latency?.p99.toFixed(2)} ms beside the Appender's ${latency.p99.toFixed(2)} (target ${TARGET_P99_MS}); ` +
        `asked late p99 ${lateness.p99.toFixed(2)} ms.`,
    );
  }

  say('rows a second and commit latency by group size');
  const rowsBySize: [number, number][] = [];
  const p99BySize: [number, number][] = [];
  for (const size of SIZES) {
    const answer = await store.ask({ do: 'rounds', size, ms: quick ? 1_500 : 6_000 });
    rowsBySize.push([size, rounded(answer.perSecond)]);
    p99BySize.push([size, answer.latency?.p99 ?? 0]);
    metric(`rows_per_second_groups_of_${size}`, rounded(answer.perSecond), '1/s');
    metric(`p99_ms_groups_of_${size}`, answer.latency?.p99 ?? 0, 'ms');
    say(`groups of ${size}: ${rounded(answer.perSecond)}/s, ${cpuOf(answer)}`);
  }

  say('full load');
  const answer = await store.ask({
    do: 'full',
    width: FULL_WIDTH,
    ms: quick ? 6_000 : 30_000,
  });
  metric('rows_per_second', rounded(answer.perSecond), '1/s');
  if (answer.cpu) metric('desk_us_per_message', answer.cpu.desk, 'µs');
  if (answer.cpu?.postgres) metric('postgres_us_per_message', answer.cpu.postgres, 'µs');
  say(`${rounded(answer.perSecond)}/s, ${cpuOf(answer)}`);

  say('yardsticks: the event table alone');
  const ms = quick ? 2_000 : 6_000;
  const single = await singles(database.pool, 1, ms);
  const twenty = await singles(database.pool, 20, ms);
  const ceiling = await unnested(database.pool, 500, ms);
  metric('single_inserts_per_second', rounded(single.perSecond), '1/s');
  metric('single_insert_p99_ms', single.p99, 'ms');
  metric('single_inserts_20_in_flight_per_second', rounded(twenty.perSecond), '1/s');
  metric('unnest_per_second', rounded(ceiling), '1/s');
  metric('ratio_to_unnest', (answer.perSecond ?? 0) / ceiling, 'ratio');
  metric('ratio_to_single_20', (answer.perSecond ?? 0) / twenty.perSecond, 'ratio');

  say('checking every acknowledged message');
  const checked = await store.ask({ do: 'check', folded: quick ? 200 : CONVERSATIONS });
  await store.ask({ do: 'close' });
  metric('acknowledged', checked.acked ?? 0, 'count');
  result.problems.push(...(checked.wrong ?? []));
  if (checked.errors) {
    result.problems.push(`${checked.errors} messages were refused: ${checked.lastError}`);
  }
  if (checked.sentAway) {
    result.notes.push(`the queue was full ${checked.sentAway} times; the figures hold the repeats`);
  }
  result.series = [
    {
      title: 'Latency of a commit over the rate (open loop)',
      x: 'messages a second',
      y: 'ms',
      scale: 'log',
      lines: [
        { name: 'p99', points: byRate },
        { name: 'mean', points: meanByRate },
      ],
    },
    {
      title: 'Rows a second by group size',
      x: 'messages in a group',
      y: 'rows a second',
      scale: 'log',
      lines: [{ name: 'Appender', points: rowsBySize }],
    },
    {
      title: 'Latency of a commit by group size',
      x: 'messages in a group',
      y: 'ms',
      scale: 'log',
      lines: [{ name: 'p99', points: p99BySize }],
    },
  ];
  result.notes.push(
    `${CONVERSATIONS} served conversations of ${AGENTS} agents, the visitor's message.send through its command; fsync on.`,
    'The room runs in a process of its own; what asks it is on its event loop (about 1 µs a message, its lateness counts) and is told when by a thread beside it.',
    'The unnest ceiling and the single inserts write the event table only: no conversation row, no lock, no key looked up.',
  );
  return result;
}

export const append: Bench = {
  name: 'append',
  about: 'The store alone: rows a second and commit latency through the Appender, fsync on.',
  run,
};
