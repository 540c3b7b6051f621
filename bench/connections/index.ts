import { setTimeout as pause } from 'node:timers/promises';
import { checkStored } from '#bench/load/check.ts';
import { type Step, takeStep } from '#bench/load/climb.ts';
import { crowdOf } from '#bench/load/crowds.ts';
import { Fleet } from '#bench/load/fleet.ts';
import { makePeople } from '#bench/load/people/index.ts';
import { postgresCpu } from '#bench/load/proc.ts';
import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import { type HeldVisitor, heldOf } from './held-visitor.ts';
import { costOfIdling, costOfRound } from './idle.ts';
import { weigh } from './memory.ts';
import { reportOf } from './report.ts';
import { startBareServer, startWatchedDesk } from './servers.ts';
import { SIZE } from './sizes.ts';
import { holdOverMany } from './spread.ts';
import { raiseStorm } from './storm.ts';

export const connections: Bench = {
  name: 'connections',
  about:
    'visitors held while messages flow: memory beside a bare Socket.IO server, CPU of idling, a storm of reconnects',
  run: runConnections,
};

/** The yardstick; its server is ended afterwards. */
async function weighBare(context: BenchContext, visitors: readonly HeldVisitor[]) {
  const bare = await startBareServer();
  context.after(() => bare.stop());
  const { crowd, weight } = await weigh(context, bare, '/', visitors);
  const heartbeat = context.quick ? null : await costOfRound(bare, crowd.size);
  await crowd.end();
  await bare.stop();
  return { weight, heartbeat };
}

async function runConnections(context: BenchContext): Promise<BenchResult> {
  const size = SIZE[context.quick ? 'quick' : 'full'];
  const db = await context.createDatabase();
  const people = await makePeople(db.pool, { agents: size.agents, talks: size.talks + size.held });
  const [talking, holding] = [people.talks.slice(0, size.talks), people.talks.slice(size.talks)];
  context.say(`${people.talks.length} conversations at ${size.agents} agents`);
  const bare = await weighBare(context, heldOf(holding.slice(0, size.bare)));

  const { secret } = people;
  const folder = context.folder;
  const desk = await startWatchedDesk({ databaseUrl: db.url, secret, folder });
  context.after(() => desk.stop());
  const fleet = new Fleet(1);
  context.after(() => fleet.end());
  const at = { port: desk.port, origin: `http://localhost:${desk.port}` };
  const lively = crowdOf({ ...people, talks: talking }, [at]);
  // Before everybody else: agents who are absent for long would lose their conversations.
  await fleet.connect(lively.talks, lively.agents);

  const { crowd, weight } = await weigh(context, desk, '/visitor', heldOf(holding));
  const idle = await costOfIdling(context, desk, crowd, db);
  const steps: Step[] = [];
  for (const rate of size.rates) {
    steps.push(
      await takeStep(fleet, rate, {
        ...size,
        serverCpu: () => desk.usage().cpuMs,
        databaseCpu: await postgresCpu(db.pool),
        say: (line) => context.say(line),
      }),
    );
  }
  const ledgers = await fleet.ledgers();
  const { joined } = await crowd.stand();
  await fleet.end();
  const problems = await checkStored(db.pool, people.workspace.id, ledgers, () =>
    lively.talks.map(({ conversationId }) => conversationId),
  );
  if (joined < crowd.size) problems.push(`${crowd.size - joined} were lost while messages flowed`);

  const storm = await raiseStorm(context, desk, crowd, db, people, holding);
  problems.push(...storm.problems);
  await crowd.close();
  await crowd.end();
  await pause(100);
  const code = await desk.stop();
  if (code !== 0) problems.push(`the desk ended with ${code}`);
  for (const line of desk.complaints().slice(0, 5)) context.say(`desk said: ${line.slice(0, 300)}`);

  const spread = size.spread > 0 ? await holdOverMany(context, size.spread) : null;
  problems.push(...(spread?.problems ?? []));
  return reportOf({ held: joined, weight, bare, idle, steps, storm, spread, problems, size });
}
