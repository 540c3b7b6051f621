import { createPool } from '#lib/db/pool.ts';
import { createConversations } from '#server/conversation/index.ts';
import { type Cpu, CpuMeter, perItem } from './cpu.ts';
import { atRate, full, inRounds, type newHistogram, sendNext } from './drive.ts';
import { Ledger } from './ledger.ts';
import { addVisitors, type Desk, makeDesk, openAll, type Talker } from './people.ts';
import { groupsAlone } from './yardsticks.ts';

/**
 * The process that is measured: the conversation room of a desk on its own pool, and nothing else on
 * its event loop but the wheel that asks it. One job at a time, told by the bench's process.
 */

export type Job =
  | { do: 'open'; url: string; conversations: number; agents: number }
  | { do: 'rounds'; size: number; ms: number }
  | { do: 'full'; width: number; ms: number }
  | { do: 'rate'; perSecond: number; warmUpMs: number; ms: number; bare?: boolean }
  | { do: 'check'; folded: number }
  | { do: 'close' };

export interface Percentiles {
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Answer {
  perSecond?: number;
  /** ms */
  latency?: Percentiles;
  /** How late the wheel asked, ms. */
  lateness?: Percentiles;
  /** µs a message */
  cpu?: Cpu;
  wrong?: string[];
  acked?: number;
  errors?: number;
  sentAway?: number;
  lastError?: string;
}

function inMs(histogram: ReturnType<typeof newHistogram>): Percentiles {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  const max = histogram.maxValue / 1000;
  return { mean: histogram.mean / 1000, p50: at(50), p95: at(95), p99: at(99), max };
}

async function open({ url, conversations, agents }: Extract<Job, { do: 'open' }>) {
  const pool = createPool(url);
  const node = createConversations({ pool });
  const desk = await makeDesk(pool, agents);
  const talkers = await addVisitors(pool, desk, conversations);
  await openAll(node, talkers, desk.agents);
  await pool.query('VACUUM ANALYZE');
  return { pool, node, desk, talkers, ledger: new Ledger(), meter: new CpuMeter(pool) };
}

let world: (Awaited<ReturnType<typeof open>> & { desk: Desk; talkers: Talker[] }) | null = null;

async function metered<T extends { count: number }>(
  meter: CpuMeter,
  work: () => Promise<T>,
): Promise<T & { cpu: Cpu }> {
  const before = await meter.read();
  const done = await work();
  return { ...done, cpu: perItem(before, await meter.read(), done.count) };
}

async function answer(job: Job): Promise<Answer> {
  if (job.do === 'open') {
    world = await open(job);
    return {};
  }
  if (!world) throw new Error('nothing is open');
  const { node, pool, meter, ledger } = world;
  switch (job.do) {
    case 'rounds': {
      const { perSecond, latency, cpu } = await metered(meter, () =>
        inRounds(world as Load, job.size, job.ms),
      );
      return { perSecond, latency: inMs(latency), cpu };
    }
    case 'full': {
      const { perSecond, cpu } = await metered(meter, () => full(world as Load, job.width, job.ms));
      return { perSecond, cpu };
    }
    case 'rate': {
      const send = job.bare ? groupsAlone(pool) : () => sendNext(world as Load);
      const { latency, lateness } = await atRate(send, job.perSecond, job.warmUpMs, job.ms);
      return { latency: inMs(latency), lateness: inMs(lateness) };
    }
    case 'check': {
      const wrong = await ledger.check(pool, world.desk, world.talkers, job.folded);
      const { errors, lastError, sentAway } = ledger;
      return { wrong, acked: ledger.acked, errors, lastError, sentAway };
    }
    case 'close':
      await node.close();
      await pool.end();
      return {};
    default:
      return job satisfies never;
  }
}

type Load = NonNullable<typeof world>;

process.on('message', (job: Job) => {
  answer(job).then(
    (done) => process.send?.({ done }),
    (error: unknown) =>
      process.send?.({
        failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  );
});
// Without the bench there is nobody to answer.
process.on('disconnect', () => process.exit());
