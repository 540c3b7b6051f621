import type { FlowEvent, Snapshot, StepResult } from '../model.ts';
import { dueAt } from '../timers.ts';
import { ANN, BOB, HELP, MINUTE, SALES } from './fixtures.ts';
import { brokenLaws } from './step-laws.ts';

/** Breadth-first search over everything that two members, two queues and all timers can do. */

export type Step = (snapshot: Snapshot, event: FlowEvent, now: number) => StepResult;

export interface Found {
  laws: string[];
  /** Shortest way there. */
  path: FlowEvent[];
}

export interface Searched {
  states: number;
  steps: number;
  found: Found[];
  /** State paths from which no closed state can be reached. */
  stuck: string[];
}

interface Visit {
  snapshot: Snapshot;
  now: number;
  path: FlowEvent[];
  next: Set<string>;
}

const MEMBERS = [ANN, BOB];

/** Every event, sensible or not, with every member and queue; timers current, early, stale. */
export function eventsAt(snapshot: Snapshot): FlowEvent[] {
  const events: FlowEvent[] = [
    { type: 'visitor.message' },
    { type: 'conversation.ended', by: 'visitor' },
    { type: 'queue.staffed', queueId: SALES },
    { type: 'queue.staffed', queueId: HELP },
    { type: 'queue.unstaffed', queueId: SALES },
    { type: 'queue.unstaffed', queueId: HELP },
  ];
  for (const memberId of MEMBERS) {
    events.push(
      { type: 'agent.message', memberId },
      { type: 'offer.made', memberId, offerMs: MINUTE, auto: false },
      { type: 'offer.made', memberId, offerMs: MINUTE, auto: true },
      { type: 'offer.accepted', memberId },
      { type: 'offer.declined', memberId },
      { type: 'transfer.accepted', memberId },
      { type: 'transfer.declined', memberId },
      { type: 'transfer.cancelled', by: memberId },
      { type: 'agent.took', memberId, override: false },
      { type: 'agent.took', memberId, override: true },
      { type: 'owner.returned', memberId, staffed: true },
      { type: 'owner.returned', memberId, staffed: false },
      { type: 'owner.lost', memberId, reason: 'absent', staffed: true },
      { type: 'owner.lost', memberId, reason: 'absent', staffed: false },
      { type: 'target.lost', memberId, reason: 'absent' },
      { type: 'conversation.ended', by: 'agent', memberId },
      { type: 'wrapup.finished', memberId },
    );
    for (const staffed of [true, false]) {
      const asked = { type: 'transfer.requested', by: memberId, offerMs: MINUTE, staffed } as const;
      for (const other of MEMBERS) {
        events.push({ ...asked, to: { kind: 'member', memberId: other } });
      }
      for (const queueId of [SALES, HELP]) {
        events.push({ ...asked, to: { kind: 'queue', queueId } });
      }
    }
  }
  for (const [name, { gen }] of Object.entries(snapshot.timers)) {
    events.push({ type: 'timer.fired', name, gen }, { type: 'timer.fired', name, gen: gen - 1 });
  }
  events.push({ type: 'timer.fired', name: 'offer', gen: 1 });
  return events;
}

/** What of a snapshot decides about the future, with moments reduced to their order. */
export function keyOf(snapshot: Snapshot): string {
  const { state, queueId, ownerId, targetMemberId, declinedBy, memory, queuedAt, timers } =
    snapshot;
  const silent = (snapshot.lastAgentAt ?? -1) >= (snapshot.lastVisitorAt ?? 0);
  const live = Object.keys(timers).sort();
  return JSON.stringify([
    state,
    queueId,
    ownerId,
    targetMemberId,
    [...declinedBy].sort(),
    live,
    memory,
    queuedAt !== null,
    snapshot.lastAgentAt !== null && silent,
  ]);
}

export function momentsOf(visit: Pick<Visit, 'snapshot' | 'now'>, event: FlowEvent): number[] {
  const soon = visit.now + 1;
  const timer = event.type === 'timer.fired' ? visit.snapshot.timers[event.name] : undefined;
  return timer ? [soon, Math.max(soon, dueAt(timer, visit.snapshot))] : [soon];
}

export function search(start: Snapshot, step: Step, now: number, most = 20_000): Searched {
  const visits = new Map<string, Visit>();
  const found: Found[] = [];
  const open: string[] = [];
  let steps = 0;

  function reach(snapshot: Snapshot, at: number, path: FlowEvent[]): string {
    const key = keyOf(snapshot);
    if (!visits.has(key) && visits.size < most) {
      visits.set(key, { snapshot, now: at, path, next: new Set() });
      open.push(key);
    }
    return key;
  }

  function tryStep(visit: Visit, event: FlowEvent, at: number): void {
    steps += 1;
    const result = step(visit.snapshot, event, at);
    const path = [...visit.path, event];
    const laws = brokenLaws(visit.snapshot, event, result);
    if (laws.length > 0) found.push({ laws, path });
    // A message moves the row even where the flow stays.
    const wrote = event.type === 'visitor.message' || event.type === 'agent.message';
    if (result.kind === 'moved') {
      visit.next.add(reach(result.snapshot, at, path));
      const twice = step(result.snapshot, event, at);
      const again = brokenLaws(result.snapshot, event, twice);
      if (again.length > 0) found.push({ laws: again, path: [...path, event] });
    } else if (wrote && result.kind === 'unchanged') {
      const field = event.type === 'visitor.message' ? 'lastVisitorAt' : 'lastAgentAt';
      visit.next.add(reach({ ...visit.snapshot, [field]: at }, at, path));
    }
  }

  reach(start, now, []);
  for (let key = open.shift(); key !== undefined && found.length < 50; key = open.shift()) {
    const visit = visits.get(key);
    if (!visit) continue;
    for (const event of eventsAt(visit.snapshot)) {
      for (const at of momentsOf(visit, event)) tryStep(visit, event, at);
    }
  }
  return { states: visits.size, steps, found, stuck: found.length > 0 ? [] : stuckIn(visits) };
}

function stuckIn(visits: ReadonlyMap<string, Visit>): string[] {
  const ends = new Set(
    [...visits].filter(([, v]) => v.snapshot.phase === 'closed').map(([k]) => k),
  );
  for (let grew = true; grew; ) {
    grew = false;
    for (const [key, { next }] of visits) {
      if (ends.has(key) || ![...next].some((one) => ends.has(one))) continue;
      ends.add(key);
      grew = true;
    }
  }
  const stuck = [...visits].filter(([key]) => !ends.has(key));
  return [...new Set(stuck.map(([, visit]) => visit.snapshot.state))];
}
