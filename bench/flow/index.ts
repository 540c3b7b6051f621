import { createPool } from '#lib/db/pool.ts';
import { validateFlow } from '#lib/domain/conversation/index.ts';
import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import { linesFlow, statesOf } from './lines-flow.ts';
import { measureSteps } from './steps.ts';
import { measureTransitions } from './transitions.ts';

const LINES = 25;
const CONVERSATIONS = 3_000;
/** Transitions under way at once. */
const WIDTH = 600;
const AGENTS = 200;

/** ms that checking a flow of 200 states takes: the first time, and the median of more. */
function measureValidation(times: number): { first: number; median: number; states: number } {
  const flow = linesFlow(LINES);
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const began = performance.now();
    const issues = validateFlow(flow);
    took.push(performance.now() - began);
    if (issues.length > 0) throw new Error(`the flow is not valid: ${issues[0]?.message}`);
  }
  const first = took[0] ?? 0;
  const median = took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;
  return { first, median, states: statesOf(flow.states) };
}

async function run({ quick, say, createDatabase }: BenchContext): Promise<BenchResult> {
  const result: BenchResult = { metrics: [], notes: [], problems: [] };
  const metric = (name: string, value: number, unit: string) =>
    result.metrics.push({ metric: name, value, unit });

  say('checking a flow of 200 states');
  const checked = measureValidation(quick ? 21 : 101);
  metric('validate_200_states_ms', checked.median, 'ms');
  metric('validate_200_states_first_ms', checked.first, 'ms');

  say('stepping');
  const stepped = measureSteps(quick ? 400 : 2_000);
  metric('steps_per_second', Math.round(stepped.perSecond), '1/s');
  metric('moves_per_second', Math.round(stepped.movesPerSecond), '1/s');
  result.problems.push(...stepped.wrong);

  say(`transitions of ${CONVERSATIONS} conversations through PostgreSQL`);
  const database = await createDatabase();
  const { rows } = await database.pool.query<{ fsync: string }>('SHOW fsync');
  if (rows[0]?.fsync !== 'on') result.problems.push('fsync is off: nothing here is durable');
  const pool = createPool(database.url);
  const moved = await measureTransitions(pool, {
    conversations: CONVERSATIONS,
    width: WIDTH,
    agents: AGENTS,
    ms: quick ? 8_000 : 30_000,
  }).finally(() => pool.end());
  metric('durable_transitions_per_second', Math.round(moved.perSecond), '1/s');
  metric('desk_us_per_transition', moved.cpuUs, 'µs');
  metric('transitions_acknowledged', moved.acknowledged, 'count');
  result.problems.push(...moved.wrong);
  if (moved.sentAway > 0) {
    result.notes.push(`the queue was full ${moved.sentAway} times; the figure holds the repeats`);
  }
  result.notes.push(
    `The default flow, steps a second of CPU of one thread: of the events ${Math.round(stepped.moving * 100)} % move the conversation, the others are messages and timers that change nothing; moves_per_second counts the former alone.`,
    `Durable: ${CONVERSATIONS} conversations, ${WIDTH} transitions under way at once; each offered, accepted, transferred, accepted and returned in turn through the commands (the offer as routing appends it), among ${AGENTS} agents; fsync on; every acknowledged transition was looked for in the log, loads and folds too.`,
    `The flow that is checked has ${checked.states} states: the default flow's, once for each of ${LINES} lines.`,
  );
  return result;
}

export const flow: Bench = {
  name: 'flow',
  about: 'The session state machine: pure steps, durable transitions, checking a large flow.',
  run,
};
