import type { Bench, BenchContext, BenchResult, Series } from '../bench.ts';
import { overAgents } from './agents.ts';
import { overConversations } from './conversations.ts';
import { againstLog, exponentOf, type Point } from './fit.ts';
import { overHistory } from './history.ts';
import { overQueue } from './queue.ts';
import { checkWorld, makeWorld, type World } from './world.ts';

interface Line {
  /** Of the metric and of the line. */
  name: string;
  points: Point[];
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { quick, say } = context;
  const result: BenchResult = { metrics: [], notes: [], problems: [] };
  const series: Series[] = [];

  function judge(title: string, x: string, lines: readonly Line[]): void {
    series.push({
      title,
      x,
      y: 'µs of CPU',
      scale: 'log',
      lines: lines.map(({ name, points }) => ({ name, points: points.map(([n, c]) => [n, c]) })),
    });
    for (const { name, points } of lines) {
      const { ratio, at } = againstLog(points);
      result.metrics.push(
        { metric: `${name}_exponent`, value: exponentOf(points), unit: 'ratio' },
        { metric: `${name}_of_log_allowed`, value: ratio, unit: 'ratio' },
      );
      say(`${name}: ${points.map(([n, cost]) => `${n}: ${cost.toFixed(0)} µs`).join(' · ')}`);
      if (ratio > 1) {
        result.problems.push(
          `${name} grows faster than log n: at ${at} it costs ${ratio.toFixed(1)} times what log n allows`,
        );
      }
    }
  }

  async function inWorld<T>(agents: number, work: (world: World) => Promise<T>): Promise<T> {
    const database = await context.createDatabase();
    const world = await makeWorld(database, agents);
    try {
      const done = await work(world);
      if (world.ledger.errors > 0) result.problems.push(`refused: ${world.ledger.lastError}`);
      result.problems.push(...(await checkWorld(world)));
      return done;
    } finally {
      await world.close();
    }
  }

  const conversations = await inWorld(50, (world) => overConversations(world, quick));
  judge('A message over open conversations', 'open conversations', [
    { name: 'conversations', points: conversations },
  ]);
  const history = await inWorld(10, (world) => overHistory(world, quick));
  judge('A message over the length of its history', 'events in the conversation', [
    { name: 'history', points: history },
  ]);
  const agents = await inWorld(10, (world) => overAgents(world, quick));
  judge('Over available agents of a queue', 'agents', [
    { name: 'agents_message', points: agents.messages },
    { name: 'agents_routing', points: agents.decisions },
    { name: 'agents_presence', points: agents.presence },
  ]);
  const queue = await inWorld(200, (world) => overQueue(world, quick));
  judge('Over those who wait in a queue', 'conversations waiting', [
    { name: 'queue_message', points: queue.messages },
    { name: 'queue_arrival', points: queue.arrivals },
  ]);

  result.series = series;
  result.notes.push(
    'CPU of the desk and of PostgreSQL together, median of three; the test: cost(n) ≤ 1.5 · cost(n₀) · log n / log n₀ at every size, 1.5 for noise.',
    'Routing: what one conversation costs that comes at 50 a second, its opening and every pass it causes, less idle loops.',
    'Without sockets: what a change sends to each of many consoles is in `relay` and `connections`.',
  );
  return result;
}

export const growth: Bench = {
  name: 'growth',
  about:
    'What a message costs over conversations, history, agents and queue length; no faster than log n.',
  run,
};
