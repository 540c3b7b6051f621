import { runAction } from './actions.ts';
import { type Chart, type ChartEdge, chainOf, isInside, type Node } from './chart.ts';
import type { GuardScope } from './guards.ts';
import type { Effect, FlowEvent, LiveTimer, Snapshot, Transition } from './model.ts';

/** Transitions one event may cause; a checked flow needs a handful, so more is a bug. */
const MOST_MICROSTEPS = 100;

/** What one event does to states, timers and what actions touch; owner and target come after. */
export interface Run {
  leaf: Node;
  /** The original leaf was exited. */
  left: boolean;
  timers: Record<string, LiveTimer>;
  priority: number;
  queueId: string | null;
  memory: Readonly<Record<string, unknown>>;
  effects: Effect[];
  transitions: Transition[];
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
  return edges?.find((edge) => edge.guard === null || edge.guard(scope)) ?? null;
}

/** The state that is neither left nor entered: XState v5's transition domain. */
function domainOf(edge: ChartEdge, target: Node): Node | null {
  if (!edge.reenter && isInside(target, edge.source)) return edge.source;
  let domain: Node | null = edge.source.parent;
  while (domain && !(isInside(target, domain) && domain !== target)) domain = domain.parent;
  return domain;
}

function enterNode(run: Run, node: Node, input: RunInput): void {
  for (const action of node.entry) runAction(action, run);
  for (const { name, delay, hold } of node.after) {
    const given = delay.from ? Reflect.get(input.event, delay.from) : undefined;
    const timer: LiveTimer = {
      gen: input.gen,
      base: delay.base,
      delayMs: typeof given === 'number' && given > 0 ? given : delay.ms,
      startedAt: input.now,
    };
    if (hold) timer.hold = true;
    run.timers[name] = timer;
  }
}

function exitNode(run: Run, node: Node): void {
  for (const action of node.exit) runAction(action, run);
  for (const { name } of node.after) delete run.timers[name];
}

/** Enters `target` from `domain` down, then its initial states, and returns the leaf. */
function descend(run: Run, domain: Node, target: Node, input: RunInput): Node {
  const down: Node[] = [];
  for (let node: Node = target; node !== domain && node.parent; node = node.parent) down.push(node);
  for (const node of down.reverse()) enterNode(run, node, input);
  let leaf = target;
  while (leaf.initial) {
    leaf = leaf.initial;
    enterNode(run, leaf, input);
  }
  return leaf;
}

function take(run: Run, edge: ChartEdge, trigger: string, input: RunInput): void {
  const from = run.leaf.path;
  const target = edge.target;
  const domain = target ? domainOf(edge, target) : null;
  if (!target || !domain || (domain === run.leaf && target === run.leaf)) {
    for (const action of edge.actions) runAction(action, run);
  } else {
    for (const node of chainOf(run.leaf)) {
      if (node === domain) break;
      exitNode(run, node);
    }
    run.left = true;
    for (const action of edge.actions) runAction(action, run);
    run.leaf = descend(run, domain, target, input);
  }
  run.transitions.push({ from, to: run.leaf.path, trigger });
}

/** `always` of the leaf and those around it; then onDone, when the leaf ends its parent. */
function followUp(run: Run, scope: GuardScope): { edge: ChartEdge; trigger: string } | null {
  for (const node of chainOf(run.leaf)) {
    const edge = firstEnabled(node.always, scope);
    if (edge) return { edge, trigger: 'always' };
  }
  const parent = run.leaf.parent;
  if (!run.leaf.final || !parent || parent.path === '') return null;
  const edge = firstEnabled(parent.onDone, scope);
  return edge ? { edge, trigger: 'done' } : null;
}

function settle(run: Run, input: RunInput): Run {
  const scope: GuardScope = input;
  for (let count = 0; count < MOST_MICROSTEPS; count += 1) {
    const next = followUp(run, scope);
    if (!next) return run;
    take(run, next.edge, next.trigger, input);
  }
  throw new Error(`flow ${input.chart.id} does not settle in ${run.leaf.path}`);
}

function begin(leaf: Node, { snapshot }: RunInput): Run {
  return {
    leaf,
    left: false,
    timers: { ...snapshot.timers },
    priority: snapshot.priority,
    queueId: snapshot.queueId,
    memory: snapshot.memory,
    effects: [],
    transitions: [],
  };
}

/** Takes `edge` and whatever follows without a further event. A fired timer is used up. */
export function runEdge(leaf: Node, edge: ChartEdge, trigger: string, input: RunInput): Run {
  const run = begin(leaf, input);
  if (input.event.type === 'timer.fired') delete run.timers[input.event.name];
  // A transfer to a queue says where it waits, whatever state the flow leads to.
  if (input.event.type === 'transfer.requested' && input.event.to.kind === 'queue') {
    run.queueId = input.event.to.queueId;
  }
  take(run, edge, trigger, input);
  return settle(run, input);
}

/** Enters the flow's initial state and whatever follows. */
export function runOpening(input: RunInput): Run {
  const { root } = input.chart;
  const run = begin(root, input);
  run.leaf = descend(run, root, root, input);
  run.transitions.push({ from: '', to: run.leaf.path, trigger: input.event.type });
  return settle(run, input);
}
