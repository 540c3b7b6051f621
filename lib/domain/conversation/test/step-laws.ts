import { violations } from '../invariants.ts';
import { loadChanges } from '../load.ts';
import type { FlowEvent, Snapshot, StepResult } from '../model.ts';
import { applyPatch, diff } from '../patch.ts';
import { dueAt } from '../timers.ts';

/**
 * What every step must keep, whatever the flow: written a second time, apart from the engine, so that
 * the searches in this folder's tests can catch it. Answers the names of what is broken.
 */
export function brokenLaws(before: Snapshot, event: FlowEvent, result: StepResult): string[] {
  if (result.kind !== 'moved') return lawsOfRest(before, event, result);
  const after = result.snapshot;
  return [
    ...violations(after),
    ...(before.phase === 'closed' ? ['I10: a closed conversation moved'] : []),
    ...(after.stateRev === before.stateRev + 1 ? [] : ['S6: state_rev did not grow by one']),
    ...ageLaws(before, after),
    ...holdLaws(before, event, after),
    ...timerLaws(before, event, result),
    ...loadLaws(before, after),
    ...foldLaws(before, after),
  ];
}

function lawsOfRest(before: Snapshot, event: FlowEvent, result: StepResult): string[] {
  if (result.kind !== 'postponed') return [];
  const live = event.type === 'timer.fired' ? before.timers[event.name] : undefined;
  return live && live.gen === result.gen ? [] : ['I6: a stale timer was set again'];
}

function ageLaws(before: Snapshot, after: Snapshot): string[] {
  if (before.queuedAt === null || before.queuedAt === after.queuedAt) return [];
  return ['I7: the age of waiting moved'];
}

function holdLaws(before: Snapshot, event: FlowEvent, after: Snapshot): string[] {
  const broken: string[] = [];
  const failedTransfer =
    before.phase === 'transferring' &&
    (event.type === 'transfer.declined' ||
      event.type === 'transfer.cancelled' ||
      event.type === 'target.lost' ||
      (event.type === 'timer.fired' && before.timers[event.name]?.hold === true));
  if (failedTransfer && after.ownerId !== before.ownerId) {
    broken.push('I7: a transfer that failed moved the owner');
  }
  if (event.type === 'owner.lost' && after.ownerId === event.memberId) {
    broken.push('I9: who is gone still owns it');
  }
  if (event.type === 'target.lost' && after.targetMemberId === event.memberId) {
    broken.push('I9: who is gone still holds the offer');
  }
  const accepts = event.type === 'offer.accepted' || event.type === 'transfer.accepted';
  if (accepts && before.targetMemberId !== event.memberId) {
    broken.push('I3: accepted by somebody else than the target');
  }
  if (event.type === 'offer.made' && before.declinedBy.includes(event.memberId)) {
    broken.push('H5: offered to who declined');
  }
  const taken =
    before.ownerId !== null && after.ownerId !== null && after.ownerId !== before.ownerId;
  const mayTake = event.type === 'transfer.accepted' || event.type === 'offer.accepted';
  if (taken && !mayTake && !(event.type === 'agent.took' && event.override)) {
    broken.push('I1: an owner was replaced without a transfer or an override');
  }
  return broken;
}

function timerLaws(
  before: Snapshot,
  event: FlowEvent,
  { effects, snapshot: after }: Extract<StepResult, { kind: 'moved' }>,
): string[] {
  const broken: string[] = [];
  if (event.type === 'timer.fired') {
    const live = before.timers[event.name];
    if (live?.gen !== event.gen) broken.push('I6: a stale timer acted');
    if (after.timers[event.name]?.gen === event.gen) broken.push('I6: a timer may act twice');
  }
  const rows = new Map(Object.entries(before.timers).map(([name, timer]) => [name, timer.gen]));
  for (const effect of effects) {
    if (effect.type === 'timer.clear') rows.delete(effect.name);
    if (effect.type !== 'timer.set') continue;
    rows.set(effect.name, effect.gen);
    const timer = after.timers[effect.name];
    if (!timer || dueAt(timer, after) !== effect.dueAt)
      broken.push('R3: a timer row is due wrongly');
  }
  const live = new Map(Object.entries(after.timers).map(([name, timer]) => [name, timer.gen]));
  if (!sameJson(new Map([...rows].sort()), new Map([...live].sort()))) {
    broken.push('R3: timer rows differ from live timers');
  }
  return broken;
}

/** Load by its definition: the sum over conversations of what is owned or offered. */
function loadOf(snapshot: Snapshot, memberId: string): number {
  const holds = snapshot.ownerId === memberId || snapshot.targetMemberId === memberId;
  return holds ? snapshot.weight : 0;
}

function loadLaws(before: Snapshot, after: Snapshot): string[] {
  const changes = new Map(loadChanges(before, after).map((c) => [c.memberId, c.delta]));
  const members = [before, after].flatMap((s) => [s.ownerId, s.targetMemberId]);
  const wrong = members.some(
    (id) => id !== null && loadOf(after, id) - loadOf(before, id) !== (changes.get(id) ?? 0),
  );
  return wrong ? ['I4: loads do not follow'] : [];
}

function foldLaws(before: Snapshot, after: Snapshot): string[] {
  const stored = JSON.parse(JSON.stringify(diff(before, after)));
  return sameJson(applyPatch(before, stored), after) ? [] : ['I5: the fold differs'];
}

/** Equality of JSON values, whatever the order of keys; maps as their entries. */
function sameJson(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string {
  const plain = value instanceof Map ? [...value] : value;
  return JSON.stringify(plain, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  );
}
