import { crowdOf } from '#bench/load/crowds.ts';
import { type Latency, newHistogram, record, summarize } from '#bench/load/histograms.ts';
import type { People, Talk } from '#bench/load/people/index.ts';
import type { BenchContext, BenchDatabase } from '../bench.ts';
import { type CaughtUp, catchUp, cursorNow } from './catch-up.ts';
import { addHistory, storedLog } from './history.ts';

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
    const cursors = await Promise.all(agents.map((agent) => cursorNow(agent)));
    const talks = await addHistory(db.pool, people.workspace.id, chosen, plan.missed);
    await db.pool.query('VACUUM ANALYZE event, conversation');
    for (const who of ['visitor', 'agent'] as const) {
      const reconnect = newHistogram();
      const request = newHistogram();
      for (let round = -1; round < plan.rounds; round += 1) {
        for (const [index, talk] of talks.entries()) {
          // A first round warms up and is not counted; of many, one is enough.
          if (round === -1 && index >= 10) break;
          const caught = await one(who, talk, from + index);
          if (round >= 0) {
            record(reconnect, caught.fromReconnect);
            record(request, caught.fromRequest);
          } else {
            const wrong = compare(caught, who, await storedLog(db.pool, talk, plan.missed));
            if (wrong) problems.add(wrong);
          }
          if (caught.events.length !== plan.missed) {
            problems.add(`${who}: ${caught.events.length} of ${plan.missed} missed events came`);
          }
        }
      }
      const missed = {
        who,
        missed: plan.missed,
        fromReconnect: summarize(reconnect),
        fromRequest: summarize(request),
      };
      results.push(missed);
      context.say(
        `${who} who missed ${plan.missed}: in step ${missed.fromRequest.p50.toFixed(1)} ms after asking ` +
          `(p95 ${missed.fromRequest.p95.toFixed(1)}), ${missed.fromReconnect.p50.toFixed(1)} after reconnecting ` +
          `(p95 ${missed.fromReconnect.p95.toFixed(1)})`,
      );
    }

    function one(who: Who, talk: Talk, index: number): Promise<CaughtUp> {
      const { conversationId } = talk;
      if (who === 'visitor') {
        const order = orders[index];
        if (!order) throw new Error('a talk without its visitor');
        return catchUp(order, { conversationId, after: talk.publicHead - plan.missed });
      }
      const order = agents[talk.agent];
      const cursor = cursors[talk.agent];
      if (!order || !cursor) throw new Error('a talk without its agent');
      return catchUp(order, { conversationId, after: talk.head - plan.missed, cursor });
    }
  }
  return { results, problems: [...problems] };
}
