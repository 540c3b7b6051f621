/**
 * The words of the conversation engine: what a step reads and what it answers.
 * Times are milliseconds since the epoch by PostgreSQL's clock; ids are UUID strings.
 */

export const PHASES = [
  'bot',
  'queued',
  'offered',
  'serving',
  'transferring',
  'wrapup',
  'offline',
  'closed',
] as const;
export type Phase = (typeof PHASES)[number];

/** What a delay counts from. */
export const DELAY_BASES = ['entered', 'visitor', 'agent', 'queued'] as const;
export type DelayBase = (typeof DELAY_BASES)[number];

/** A live timer as the conversation remembers it. A fired timer acts only if its gen is this one (I6). */
export interface LiveTimer {
  gen: number;
  base: DelayBase;
  delayMs: number;
  /** When the state that owns it was entered. */
  startedAt: number;
  /** This timer ends the offer or transfer: set on exactly one timer in offered and transferring (I3). */
  hold?: true;
}

/**
 * What a step may see of a conversation: the fold of its events.
 * `ownerId` is set exactly in serving, transferring and wrapup (I1); `targetMemberId` exactly in
 * offered and transferring (I3).
 */
export interface Snapshot {
  conversationId: string;
  workspaceId: string;
  channelId: string;
  contactId: string;
  state: string;
  phase: Phase;
  live: boolean;
  /** Bumped by every transition, never by a plain message. */
  stateRev: number;
  enteredAt: number;
  queueId: string | null;
  /** Start of waiting; kept over declined offers and failed transfers, so that age is not lost (I7). */
  queuedAt: number | null;
  priority: number;
  weight: number;
  ownerId: string | null;
  targetMemberId: string | null;
  /** Members not to be offered this conversation again while it waits. */
  declinedBy: readonly string[];
  timers: Readonly<Record<string, LiveTimer>>;
  memory: Readonly<Record<string, unknown>>;
  createdAt: number;
  closedAt: number | null;
  lastVisitorAt: number | null;
  lastAgentAt: number | null;
}

/** What the first event of a conversation brings. */
export interface Opening {
  conversationId: string;
  workspaceId: string;
  channelId: string;
  contactId: string;
  queueId: string;
  /** Somebody of its queue is available and present. */
  staffed: boolean;
  /** Units of capacity it takes, at least 1. */
  weight: number;
}

export type TransferTo = { kind: 'member'; memberId: string } | { kind: 'queue'; queueId: string };

/** Everything that can happen to a conversation, seen by the flow. Guards see the event's fields. */
export type FlowEvent =
  /** First event of every conversation. staffed: somebody of its queue is available and present. */
  | { type: 'conversation.opened'; queueId: string; staffed: boolean; weight: number }
  | { type: 'visitor.message' }
  | { type: 'agent.message'; memberId: string }
  /** Routing chose a member; auto: assigned without asking. */
  | { type: 'offer.made'; memberId: string; offerMs: number; auto: boolean }
  | { type: 'offer.accepted'; memberId: string }
  | { type: 'offer.declined'; memberId: string }
  /** A member takes it himself: from the queue, from offline, or (override) from somebody. */
  | { type: 'agent.took'; memberId: string; override: boolean }
  | { type: 'transfer.requested'; by: string; to: TransferTo; offerMs: number; staffed: boolean }
  | { type: 'transfer.accepted'; memberId: string }
  | { type: 'transfer.declined'; memberId: string }
  | { type: 'transfer.cancelled'; by: string }
  /** The owner puts it back into the queue, its age kept. */
  | { type: 'owner.returned'; memberId: string; staffed: boolean }
  /** The owner is gone past grace, signed off or was removed (I9). */
  | {
      type: 'owner.lost';
      memberId: string;
      reason: 'absent' | 'signed_off' | 'removed';
      staffed: boolean;
    }
  /** The same for who holds the offer or transfer. */
  | { type: 'target.lost'; memberId: string; reason: 'absent' | 'signed_off' | 'removed' }
  /** Nobody of the queue is available any more / somebody is again. */
  | { type: 'queue.unstaffed'; queueId: string }
  | { type: 'queue.staffed'; queueId: string }
  | { type: 'conversation.ended'; by: 'visitor' | 'agent'; memberId?: string }
  | { type: 'wrapup.finished'; memberId: string }
  | { type: 'timer.fired'; name: string; gen: number };

export type FlowEventType = FlowEvent['type'];

export const FLOW_EVENT_TYPES = [
  'conversation.opened',
  'visitor.message',
  'agent.message',
  'offer.made',
  'offer.accepted',
  'offer.declined',
  'agent.took',
  'transfer.requested',
  'transfer.accepted',
  'transfer.declined',
  'transfer.cancelled',
  'owner.returned',
  'owner.lost',
  'target.lost',
  'queue.unstaffed',
  'queue.staffed',
  'conversation.ended',
  'wrapup.finished',
  'timer.fired',
] as const satisfies readonly FlowEventType[];

/** Lines the platform says in a conversation; the text is the reader's language's. */
export const SYSTEM_LINES = [
  'waiting',
  'still_waiting',
  'nobody_here',
  'visitor_idle_closed',
  'conversation_ended',
  'rate_us',
] as const;
export type SystemLine = (typeof SYSTEM_LINES)[number];

/**
 * What a step wants done besides the new snapshot.
 * Row effects commit with the transition; outward ones become rows and run after the commit.
 * Owner, target, queue and load follow from the snapshots (see `loadChanges`).
 */
export type Effect =
  | { type: 'timer.set'; name: string; gen: number; dueAt: number }
  | { type: 'timer.clear'; name: string }
  | { type: 'message.system'; line: SystemLine }
  | { type: 'rating.ask' };

export interface Transition {
  /** State path; empty when the conversation did not exist. */
  from: string;
  to: string;
  /** The event's type, `after:<delay>` or `always`. */
  trigger: string;
}

export type StepResult =
  /** The flow has no transition for it here: nothing changes. Plain messages usually end so. */
  | { kind: 'unchanged' }
  | { kind: 'moved'; snapshot: Snapshot; effects: Effect[]; transitions: Transition[] }
  /** A fired timer whose base moved meanwhile: set it again, nothing else. */
  | { kind: 'postponed'; name: string; gen: number; dueAt: number }
  /** The event is not allowed here (I1–I10); a command that caused it answers `code`. */
  | {
      kind: 'refused';
      code: RefusalCode;
      /** Which invariant the flow itself would have broken; absent for ordinary refusals. Log it. */
      violation?: string;
    };

export const REFUSAL_CODES = [
  'conversation_closed',
  'offer_gone',
  'not_owner',
  'already_owner',
  'already_taken',
  'transfer_to_self',
  'not_possible_now',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** What the visitor is told of a phase. */
export const STAGES = ['waiting', 'serving', 'ended', 'offline'] as const;
export type Stage = (typeof STAGES)[number];
