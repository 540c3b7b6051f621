import { admit, isCommand } from './admission.ts';
import { askedFor } from './chart.ts';
import type { Flow } from './compile.ts';
import { holdsAfter } from './holds.ts';
import { violations } from './invariants.ts';
import { firstEnabled, type Run, type RunInput, runEdge, runOpening } from './macrostep.ts';
import type { FlowEvent, Opening, Snapshot, StepResult } from './model.ts';
import { dueAt, retryMs, timerEffects } from './timers.ts';

/** What a conversation is before its first event; never stored. */
function unborn(opening: Opening, now: number): Snapshot {
  const { conversationId, workspaceId, channelId, contactId, queueId, weight } = opening;
  return {
    conversationId,
    workspaceId,
    channelId,
    contactId,
    state: '',
    phase: 'bot',
    live: false,
    stateRev: 0,
    enteredAt: now,
    queueId,
    queuedAt: null,
    priority: 0,
    weight,
    ownerId: null,
    targetMemberId: null,
    declinedBy: [],
    timers: {},
    memory: {},
    createdAt: now,
    closedAt: null,
    lastVisitorAt: null,
    lastAgentAt: null,
  };
}

function snapshotAfter(run: Run, { snapshot: before, event, now, gen }: RunInput): Snapshot {
  const { leaf } = run;
  if (leaf.phase === null) throw new Error(`state ${leaf.path} has no phase`);
  const { phase, live } = leaf;
  const moved = run.left || before.state === '';
  const holds = holdsAfter({ before, event, phase, queueId: run.queueId, left: run.left });
  // Written out: a copy of so many fields with changes is what a step would spend most of its time on.
  return {
    conversationId: before.conversationId,
    workspaceId: before.workspaceId,
    channelId: before.channelId,
    contactId: before.contactId,
    state: leaf.path,
    phase,
    live,
    stateRev: gen,
    enteredAt: moved ? now : before.enteredAt,
    queueId: run.queueId,
    queuedAt: phase === 'queued' ? (before.queuedAt ?? now) : before.queuedAt,
    priority: run.priority,
    weight: before.weight,
    ownerId: holds.ownerId,
    targetMemberId: holds.targetMemberId,
    declinedBy: holds.declinedBy,
    timers: run.timers,
    memory: run.memory,
    createdAt: before.createdAt,
    closedAt: phase === 'closed' ? now : null,
    lastVisitorAt: event.type === 'visitor.message' ? now : before.lastVisitorAt,
    lastAgentAt: event.type === 'agent.message' ? now : before.lastAgentAt,
  };
}

function finish(run: Run, input: RunInput): StepResult {
  if (!run.settled) {
    const violation = `S9: flow ${input.chart.id} does not settle in ${run.leaf.path}`;
    return { kind: 'refused', code: 'not_possible_now', violation };
  }
  const snapshot = snapshotAfter(run, input);
  const broken = violations(snapshot);
  if (broken.length > 0) {
    return { kind: 'refused', code: 'not_possible_now', violation: broken.join('; ') };
  }
  const before = input.snapshot.state === '' ? null : input.snapshot;
  return {
    kind: 'moved',
    snapshot,
    effects: [...run.effects, ...timerEffects(before, snapshot)],
    transitions: run.transitions,
  };
}

/**
 * A conversation's first step.
 * @param now ms by PostgreSQL's clock
 * @returns `moved`, with a snapshot of stateRev 1; `refused` only when the flow breaks an invariant
 */
export function open(flow: Flow, opening: Opening, now: number): StepResult {
  const event: FlowEvent = {
    type: 'conversation.opened',
    queueId: opening.queueId,
    staffed: opening.staffed,
    weight: opening.weight,
  };
  const snapshot = unborn(opening, now);
  const input: RunInput = { chart: flow.chart, snapshot, event, now, gen: 1 };
  return finish(runOpening(input), input);
}

/** A transfer whose owner went is an offer by now, but its holder still answers by the old name. */
function asAnswered(snapshot: Snapshot, event: FlowEvent): FlowEvent {
  if (event.type === 'transfer.accepted' && snapshot.phase === 'offered') {
    return { ...event, type: 'offer.accepted' };
  }
  if (event.type === 'transfer.declined' && snapshot.phase === 'offered') {
    return { ...event, type: 'offer.declined' };
  }
  if (event.type === 'offer.accepted' && snapshot.phase === 'transferring') {
    return { ...event, type: 'transfer.accepted' };
  }
  if (event.type === 'offer.declined' && snapshot.phase === 'transferring') {
    return { ...event, type: 'transfer.declined' };
  }
  return event;
}

/** A timer that may not act yet, or whose branches all say no, is set again (T3, T4). */
function postpone(snapshot: Snapshot, name: string, at: number | null, now: number): StepResult {
  const timer = snapshot.timers[name];
  if (!timer) return { kind: 'unchanged' };
  return { kind: 'postponed', name, gen: timer.gen, dueAt: at ?? now + retryMs(timer) };
}

/**
 * What one event does to a conversation. Pure: reads no clock, draws no randomness.
 * @param snapshot the row under its lock
 * @param now ms by PostgreSQL's clock
 */
export function step(flow: Flow, snapshot: Snapshot, asked: FlowEvent, now: number): StepResult {
  const admission = admit(snapshot, asked);
  if (admission.kind === 'ignored') return { kind: 'unchanged' };
  if (admission.kind === 'refused') return admission;
  const event = asAnswered(snapshot, asked);
  const leaf = flow.chart.nodes.get(snapshot.state);
  if (!leaf) throw new Error(`flow ${flow.chart.id} has no state ${snapshot.state}`);

  const timer = event.type === 'timer.fired' ? snapshot.timers[event.name] : undefined;
  if (timer && event.type === 'timer.fired') {
    const due = dueAt(timer, snapshot);
    if (due > now) return postpone(snapshot, event.name, due, now);
  }
  const input: RunInput = { chart: flow.chart, snapshot, event, now, gen: snapshot.stateRev + 1 };
  const edge = firstEnabled(askedFor(leaf, event), input);
  if (!edge) {
    if (event.type === 'timer.fired') return postpone(snapshot, event.name, null, now);
    return isCommand(event) ? { kind: 'refused', code: 'not_possible_now' } : { kind: 'unchanged' };
  }
  const trigger = event.type === 'timer.fired' ? `after:${event.name}` : event.type;
  const result = finish(runEdge(leaf, edge, trigger, input), input);
  // Nobody hears a refused timer; it must neither spin nor vanish.
  if (result.kind === 'refused' && event.type === 'timer.fired') {
    return postpone(snapshot, event.name, null, now);
  }
  return result;
}

/**
 * Whether `step` surely answers `unchanged`, whatever the time and the guards say: no transition of
 * this state or those around it is asked for the event (rule S8).
 */
export function staysStill(
  flow: Flow,
  snapshot: Snapshot,
  event: Extract<FlowEvent, { type: 'visitor.message' | 'agent.message' }>,
): boolean {
  if (admit(snapshot, event).kind !== 'admitted') return false;
  const leaf = flow.chart.nodes.get(snapshot.state);
  return leaf !== undefined && !leaf.asked.has(event.type);
}
