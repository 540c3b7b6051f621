import {
  compileFlow,
  DEFAULT_FLOW,
  type FlowEvent,
  open,
  type Snapshot,
  type StepResult,
  step,
} from '#lib/domain/conversation/index.ts';
import { type Happening, LIVES, type Life, OPENING } from './lives.ts';

const T0 = 1_800_000_000_000;

/** One call of `step`, with what it is told. */
interface Call {
  snapshot: Snapshot;
  event: FlowEvent;
  now: number;
  kind: StepResult['kind'];
}

const flow = compileFlow(DEFAULT_FLOW);

function eventOf({ event }: Happening, snapshot: Snapshot): FlowEvent {
  if (event.type !== 'fire') return event;
  return { type: 'timer.fired', name: event.name, gen: snapshot.timers[event.name]?.gen ?? 0 };
}

/** The row after an event, as the store folds it. */
function after(snapshot: Snapshot, event: FlowEvent, result: StepResult, now: number): Snapshot {
  if (result.kind === 'moved') return result.snapshot;
  if (event.type === 'visitor.message') return { ...snapshot, lastVisitorAt: now };
  if (event.type === 'agent.message') return { ...snapshot, lastAgentAt: now };
  return snapshot;
}

/** @throws when an event of a life is refused: the mix is no longer what it says */
function callsOf(life: Life): Call[] {
  let now = T0;
  const opened = open(flow, { ...OPENING, staffed: life.staffed }, now);
  if (opened.kind !== 'moved') throw new Error(`${life.name} does not open`);
  let { snapshot } = opened;
  const calls: Call[] = [];
  for (const happening of life.happenings) {
    now += happening.after;
    const event = eventOf(happening, snapshot);
    const result = step(flow, snapshot, event, now);
    if (result.kind === 'refused') {
      throw new Error(
        `${life.name}: ${event.type} in ${snapshot.state} is refused: ${result.code}`,
      );
    }
    calls.push({ snapshot, event, now, kind: result.kind });
    snapshot = after(snapshot, event, result, now);
  }
  if (snapshot.phase !== 'closed') throw new Error(`${life.name} ends in ${snapshot.state}`);
  return calls;
}

export interface Stepped {
  /** Calls of `step` a second of one core. */
  perSecond: number;
  /** The same over those alone that move the conversation. */
  movesPerSecond: number;
  /** Share of the calls that move it. */
  moving: number;
  wrong: string[];
}

/** Calls a second, the median of rounds; CPU time of this process, so that neighbours count less. */
function rate(calls: readonly Call[], ms: number, rounds: number, wrong: string[]): number {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    let count = 0;
    let differing = 0;
    while (performance.now() - began < ms) {
      for (let times = 0; times < 100; times += 1) {
        for (const { snapshot, event, now, kind } of calls) {
          if (step(flow, snapshot, event, now).kind !== kind) differing += 1;
        }
      }
      count += 100 * calls.length;
    }
    const used = process.cpuUsage(cpu);
    rates.push((count / (used.user + used.system)) * 1e6);
    if (differing > 0) wrong.push(`${differing} steps answered otherwise than the first time`);
  }
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
}

/** How fast the default flow steps through the lives, on this thread alone. */
export function measureSteps(ms: number): Stepped {
  const calls = LIVES.flatMap(callsOf);
  const moving = calls.filter(({ kind }) => kind === 'moved');
  const wrong: string[] = [];
  rate(calls, ms / 2, 1, wrong);
  const perSecond = rate(calls, ms, 5, wrong);
  const movesPerSecond = rate(moving, ms, 5, wrong);
  return { perSecond, movesPerSecond, moving: moving.length / calls.length, wrong };
}
