import { crowdOf } from '#bench/load/crowds.ts';
import { type Latency, newHistogram, record, summarize } from '#bench/load/histograms.ts';
import type { People } from '#bench/load/people/index.ts';
import type { BenchContext, BenchDatabase } from '../bench.ts';
import { type CaughtUp, catchUp, cursorNow } from './catch-up.ts';
import { addMessages, storedLog } from './history.ts';

export type Who = 'visitor' | 'agent';

export interface Missed {
  who: Who;
  missed: number;
  fromReconnect: Latency;
  fromRequest: Latency;
}

/** Messages missed, conversations that have them, and how often each is caught up with by each side. */
interface Plan {
  missed: number;
  talks: number;
  /** Talks at the beginning that are not counted. */
  warm: number;
  rounds: number;
}

const compare = (caught: CaughtUp, who: Who, stored: Awaited<ReturnType<typeof storedLog>>) => {
  if (caught.events.length !== stored.length) {
    return `${who}: ${caught.events.length} events came, the log has ${stored.length}`;
  }
  const wrong = stored.findIndex((one, index) => {
    const got = caught.events[index];
    const seq = who === 'visitor' ? one.publicSeq : one.seq;
    return got?.seq !== seq || got.text !== one.text;
  });
  return wrong === -1 ? null : `${who}: event ${wrong + 1} is not the log's`;
};

/** One at a time on a server that has nothing else to do. */
export async function syncOnIdle(
  context: BenchContext,
  db: BenchDatabase,
  desk: { port: number; origin: string },
  people: People,
  plans: readonly Plan[],
): Promise<{ results: Missed[]; problems: string[] }> {
  const results: Missed[] = [];
  const problems = new Set<string>();
  const { talks: orders, agents } = crowdOf(people, [desk]);
  let next = 0;
  for (const plan of plans) {
    const chosen = people.talks.slice(next, next + plan.talks);
    const from = next;
    next += plan.talks;
    const times = {
      visitor: { reconnect: newHistogram(), request: newHistogram() },
      agent: { reconnect: newHistogram(), request: newHistogram() },
    };
    for (const [index, before] of chosen.entries()) {
      const agent = agents[before.agent];
      const visitor = orders[from + index];
      if (!agent || !visitor) throw new Error('a talk without its people');
      const { conversationId } = before;
      // Both go away, and this is what they miss.
      const cursor = await cursorNow(agent);
      const talk = await addMessages(db.pool, before, plan.missed);
      const stored = await storedLog(db.pool, talk, plan.missed);
      const comeBack = {
        visitor: () => catchUp(visitor, { conversationId, after: before.publicHead }),
        agent: () => catchUp(agent, { conversationId, after: before.head, cursor }),
      };
      for (const who of ['visitor', 'agent'] as const) {
        for (let round = 0; round < plan.rounds; round += 1) {
          const caught = await comeBack[who]();
          const wrong = compare(caught, who, stored);
          if (wrong) problems.add(wrong);
          // The first talks warm up and are not counted.
          if (index < plan.warm) continue;
          record(times[who].reconnect, caught.fromReconnect);
          record(times[who].request, caught.fromRequest);
        }
      }
    }
    for (const who of ['visitor', 'agent'] as const) {
      const missed = {
        who,
        missed: plan.missed,
        fromReconnect: summarize(times[who].reconnect),
        fromRequest: summarize(times[who].request),
      };
      results.push(missed);
      context.say(
        `${who} who missed ${plan.missed}: in step ${missed.fromRequest.p50.toFixed(1)} ms after asking ` +
          `(p95 ${missed.fromRequest.p95.toFixed(1)}), ${missed.fromReconnect.p50.toFixed(1)} after reconnecting ` +
          `(p95 ${missed.fromReconnect.p95.toFixed(1)})`,
      );
    }
  }
  return { results, problems: [...problems] };
}
