import { cannotBear, type Flow, loadChanges, step } from '#lib/domain/conversation/index.ts';
import { logger } from '#lib/observability/logger.ts';
import { type ErrorCode, ParlourError } from '#lib/protocol/errors.ts';
import { type Draft, DraftWriter, type Opened } from './group-draft.ts';
import type { HeldMember, Known } from './group-lock.ts';
import { mayReach } from './policies.ts';
import type { AppendItem, ConversationRecord, StoredEvent } from './records.ts';

/** What became of an item. */
export type Outcome =
  /** Answer after the commit. `event` null: nothing was to be written. */
  | { kind: 'appended'; conversationId: string; event: StoredEvent | null; moved: boolean }
  | { kind: 'known'; known: Known }
  | { kind: 'failed'; error: ParlourError }
  /** Somebody else holds a row: to the lane of its conversation. */
  | { kind: 'busy' }
  /** Next round, before what queued meanwhile; perhaps into another conversation. */
  | { kind: 'again'; conversationId: string };

/** One conversation of the group under its lock, changing as its items are applied. */
export interface Held {
  /** null: opened by this transaction. */
  before: ConversationRecord | null;
  record: ConversationRecord | null;
  /** The row as it stands in the table: `before`, or as inserted. */
  row: ConversationRecord;
  opened: Opened | null;
  flow: Flow | null;
  events: StoredEvent[];
  moved: boolean;
  timers: Draft['timers'];
  /** Timers that fired and act no more: their rows go. */
  fired: { name: string; gen: number }[];
  contact: { name: string | null; email: string | null } | null;
  /** Read marks moved. */
  marked: boolean;
  /** An item had to be put off; the later ones of the conversation keep their place behind it. */
  halted: boolean;
}

export interface PlanInput {
  items: readonly AppendItem[];
  held: ReadonlyMap<string, Held>;
  known: ReadonlyMap<AppendItem, Known>;
  /** null: not locked yet; then `members` of the plan says whom it would need. */
  members: ReadonlyMap<string, HeldMember> | null;
  /** Members that do not exist (any more); nothing is given to them and nothing taken off. */
  absent: ReadonlySet<string>;
  now: number;
}

export interface Plan {
  outcomes: Map<AppendItem, Outcome>;
  /** Members whose loads change, with their workspace. */
  members: Map<string, string>;
  loads: Map<string, { workspaceId: string; load: number; assigned: boolean }>;
}

const failed = (code: ErrorCode): Outcome => ({ kind: 'failed', error: new ParlourError(code) });

/**
 * Applies the items to the held conversations, in order, in memory. Pure but for the log line of a
 * bug; `held` is changed in place, so a second run needs fresh ones.
 */
export function plan(input: PlanInput): Plan {
  const result: Plan = { outcomes: new Map(), members: new Map(), loads: new Map() };
  const written = new Map<string, Outcome>();
  for (const item of input.items) {
    const held = input.held.get(item.conversationId);
    if (!held) continue;
    result.outcomes.set(item, outcomeOf(item, held, input, result, written));
  }
  return result;
}

function outcomeOf(
  item: AppendItem,
  held: Held,
  input: PlanInput,
  result: Plan,
  written: Map<string, Outcome>,
): Outcome {
  if (held.row.workspaceId !== item.ctx.workspaceId) return failed('not_found');
  if (held.halted) return { kind: 'again', conversationId: item.conversationId };
  const known = input.known.get(item);
  if (known) {
    return known.conversationId === item.conversationId
      ? { kind: 'known', known }
      : { kind: 'again', conversationId: known.conversationId };
  }
  // The same key twice in one group: the second gets the first's result.
  const key = `${item.conversationId} ${item.key.source} ${item.key.clientId}`;
  const twin = written.get(key);
  if (twin) return twin;
  try {
    const outcome = apply(item, held, input, result);
    if (outcome.kind === 'appended' && outcome.event) written.set(key, repeatOf(outcome.event));
    return outcome;
  } catch (error) {
    logger.error({ err: error, conversation: item.conversationId }, 'append_step_failed');
    return { kind: 'failed', error: new ParlourError('internal', { cause: error }) };
  }
}

function repeatOf({ conversationId, seq, publicSeq, at }: StoredEvent): Outcome {
  return { kind: 'known', known: { conversationId, seq, publicSeq, at } };
}

/** Refusals that need no flow. */
export function refusal(item: AppendItem, record: ConversationRecord): ErrorCode | null {
  const { actor } = item.ctx;
  if (actor.kind === 'visitor' && !mayReach(actor, record)) return 'not_found';
  const denied = item.guard?.(record);
  if (denied) return denied;
  const speaks = item.entries.some((entry) => entry.kind === 'message.sent');
  return speaks && record.phase === 'closed' ? 'conversation_closed' : null;
}

function apply(item: AppendItem, held: Held, input: PlanInput, result: Plan): Outcome {
  const writer = new DraftWriter(held.record, item, input.now);
  const opening = held.record ? null : held.opened;
  if (opening) writer.open(opening);
  const before = writer.record;
  const code = refusal(item, before);
  if (code) return failed(code);
  writer.entries();
  // What the platform says on opening answers the message that opened it.
  if (opening) writer.effects(opening.effects);
  if (item.event) {
    if (!held.flow) return failed('internal');
    const stepped = step(held.flow, writer.record, item.event, input.now);
    if (stepped.kind === 'refused') {
      if (stepped.violation) {
        const { conversationId } = item;
        logger.error(
          { conversation: conversationId, violation: stepped.violation },
          'flow_refused',
        );
      }
      return failed(stepped.code);
    }
    if (stepped.kind !== 'unchanged') writer.step(stepped);
  }
  const draft = writer.done();
  if (draft.moved) {
    const denied = charge(item, before, draft, input, result);
    if (denied) {
      if (denied.kind === 'busy') held.halted = true;
      return denied;
    }
  }
  take(item, held, draft);
  const marked = item.marks ? mark(item.marks, held, draft.record) : false;
  return {
    kind: 'appended',
    conversationId: item.conversationId,
    event: writer.first,
    moved: draft.moved || marked,
  };
}

/** Only forward, never beyond what there is (D6). @returns the same record when nothing moves */
export function withMarks(
  record: ConversationRecord,
  marks: NonNullable<AppendItem['marks']>,
): ConversationRecord {
  const moved = (now: number, to = 0) => Math.max(now, Math.min(to, record.lastPublicSeq));
  const visitorReadSeq = moved(record.visitorReadSeq, marks.visitorReadSeq);
  const agentReadSeq = moved(record.agentReadSeq, marks.agentReadSeq);
  if (visitorReadSeq === record.visitorReadSeq && agentReadSeq === record.agentReadSeq)
    return record;
  return { ...record, visitorReadSeq, agentReadSeq };
}

function mark(marks: NonNullable<AppendItem['marks']>, held: Held, record: ConversationRecord) {
  const after = withMarks(record, marks);
  if (after === record) return false;
  held.record = after;
  held.marked = true;
  return true;
}

/** Checks and books what the transition does to members' loads (I4). */
function charge(
  item: AppendItem,
  before: ConversationRecord,
  draft: Draft,
  input: PlanInput,
  result: Plan,
): Outcome | null {
  const { workspaceId } = before;
  const changes = loadChanges(before, draft.record);
  for (const { memberId } of changes) result.members.set(memberId, workspaceId);
  if (!input.members) return null;
  for (const { memberId, delta } of changes) {
    const member = input.members.get(memberId);
    if (!member && input.absent.has(memberId)) {
      if (delta > 0) return failed('member_unavailable');
      continue;
    }
    if (!member) return { kind: 'busy' };
    const refusal = cannotBear(
      { ...member, load: result.loads.get(memberId)?.load ?? member.load },
      delta,
      {
        self: item.ctx.actor.kind === 'member' && item.ctx.actor.memberId === memberId,
        live: draft.record.live,
        override: item.overCapacity === true,
      },
    );
    if (refusal) return failed(refusal);
  }
  for (const { memberId, delta } of changes) {
    if (input.absent.has(memberId)) continue;
    const booked = result.loads.get(memberId);
    const load = (booked?.load ?? input.members.get(memberId)?.load ?? 0) + delta;
    const assigned = (booked?.assigned ?? false) || delta > 0;
    result.loads.set(memberId, { workspaceId, load, assigned });
  }
  return null;
}

function take(item: AppendItem, held: Held, draft: Draft): void {
  held.record = draft.record;
  held.events.push(...draft.events);
  held.moved ||= draft.moved;
  for (const [name, timer] of draft.timers) held.timers.set(name, timer);
  if (item.event?.type === 'timer.fired') {
    const { name, gen } = item.event;
    // Acted or stale: gone, unless the draft set it anew (I6).
    if (!draft.timers.get(name)) held.fired.push({ name, gen });
  }
  for (const event of draft.events) {
    if (event.kind !== 'contact.left') continue;
    const { name, email } = event.data as { name: string | null; email: string | null };
    held.contact = {
      name: name ?? held.contact?.name ?? null,
      email: email ?? held.contact?.email ?? null,
    };
  }
}
