import { runAction } from './actions.ts';
import type { Chart, ChartEdge, Node } from './chart.ts';
import type { GuardScope } from './guards.ts';
import type { Effect, FlowEvent, LiveTimer, Snapshot, Transition } from './model.ts';
import { openingRoute, type Route, routeOf } from './routes.ts';

/** What one event does to states, timers and what actions touch; owner and target come after. */
export interface Run {
  leaf: Node;
  /** The original leaf was exited. */
  left: boolean;
  timers: Readonly<Record<string, LiveTimer>>;
  priority: number;
  queueId: string | null;
  memory: Readonly<Record<string, unknown>>;
  effects: Effect[];
  transitions: Transition[];
  /** States whose final child was entered, in that order; their onDone is still to be asked. */
  completed: Node[];
  /** It came to rest; otherwise it ran in a circle, and must not count. */
  settled: boolean;
}

export interface RunInput {
  chart: Chart;
  snapshot: Snapshot;
  event: FlowEvent;
  now: number;
  /** Generation of timers set in this step: the state_rev it will have. */
  gen: number;
}

export function firstEnabled(
  edges: readonly ChartEdge[] | undefined,
  scope: GuardScope,
): ChartEdge | null {
  if (edges === undefined) return null;
  for (const edge of edges) if (edge.guard === null || edge.guard(scope)) return edge;
  return null;
}

/** The timers without those that ended, with those that started; the same object when none did. */
function timersAfter(
  timers: Run['timers'],
  { ended, started }: Pick<Route, 'ended' | 'started'>,
  { event, gen, now }: RunInput,
): Run['timers'] {
  if (ended.length === 0 && started.length === 0) return timers;
  // Built anew: an object that a key was deleted from is slow to copy ever after.
  const after: Record<string, LiveTimer> = {};
  for (const name in timers) {
    const timer = timers[name];
    if (timer && !ended.includes(name)) after[name] = timer;
  }
  for (const { name, delay, hold } of started) {
    const given = delay.from ? Reflect.get(event, delay.from) : undefined;
    const delayMs = typeof given === 'number' && given > 0 ? given : delay.ms;
    const timer: LiveTimer = { gen, base: delay.base, delayMs, startedAt: now };
    if (hold) timer.hold = true;
    after[name] = timer;
  }
  return after;
}

function follow(run: Run, route: Route, trigger: string, input: RunInput): void {
  run.transitions.push({ from: run.leaf.path, to: route.leaf.path, trigger });
  for (const action of route.actions) runAction(action, run);
  run.timers = timersAfter(run.timers, route, input);
  run.left ||= route.left;
  run.leaf = route.leaf;
  if (route.completes) run.completed.push(route.completes);
}

const NONE: readonly never[] = [];

/**
 * Follows `always`, and when nothing more applies onDone of what was completed, until neither does.
 * A checked flow rests in no leaf twice on its way (V3), so one that takes more turns than it has states
 * was never checked and runs in a circle.
 */
function settle(run: Run, input: RunInput): Run {
  const scope: GuardScope = input;
  for (let left = input.chart.nodes.size; left >= 0; ) {
    const edge = firstEnabled(run.leaf.asked.get('always'), scope);
    if (edge) {
      follow(run, routeOf(run.leaf, edge), 'always', input);
      left -= 1;
      continue;
    }
    const completed = run.completed.shift();
    if (!completed) {
      run.settled = true;
      return run;
    }
    // As in XState, an end that led nowhere is forgotten, and one of a state left meanwhile too.
    const done = run.leaf.chain.includes(completed) ? firstEnabled(completed.onDone, scope) : null;
    if (done) follow(run, routeOf(run.leaf, done), 'done', input);
    left -= 1;
  }
  return run;
}

function begin(leaf: Node, { snapshot }: RunInput): Run {
  return {
    leaf,
    left: false,
    timers: snapshot.timers,
    priority: snapshot.priority,
    queueId: snapshot.queueId,
    memory: snapshot.memory,
    effects: [],
    transitions: [],
    completed: [],
    settled: false,
  };
}

/** Takes `edge` and whatever follows without a further event. A fired timer is used up. */
export function runEdge(leaf: Node, edge: ChartEdge, trigger: string, input: RunInput): Run {
  const run = begin(leaf, input);
  const { event } = input;
  if (event.type === 'timer.fired') {
    run.timers = timersAfter(run.timers, { ended: [event.name], started: NONE }, input);
  }
  // A transfer to a queue says where it waits, whatever state the flow leads to.
  if (event.type === 'transfer.requested' && event.to.kind === 'queue') {
    run.queueId = event.to.queueId;
  }
  follow(run, routeOf(leaf, edge), trigger, input);
  return settle(run, input);
}

/** Enters the flow's initial state and whatever follows. */
export function runOpening(input: RunInput): Run {
  const { root } = input.chart;
  const run = begin(root, input);
  follow(run, openingRoute(root), input.event.type, input);
  return settle(run, input);
}
