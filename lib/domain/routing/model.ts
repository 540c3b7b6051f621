/** The words of routing: what a decision reads and answers. Times in ms by PostgreSQL's clock. */

export const AVAILABILITIES = ['available', 'busy', 'away'] as const;
/** What the agent chose. Only `available` members are offered conversations. */
export type Availability = (typeof AVAILABILITIES)[number];

export interface RoutingItem {
  conversationId: string;
  queueId: string;
  priority: number;
  /** Start of waiting. */
  queuedAt: number;
  /** Units of capacity it takes. */
  weight: number;
  requiredSkills: readonly { skillId: string; level: number }[];
  declinedBy: readonly string[];
}

export interface RoutingAgent {
  memberId: string;
  availability: Availability;
  /** Connected now. */
  present: boolean;
  capacity: number;
  /** Sum of weights of owned and offered conversations. */
  load: number;
  /** tier by queue id (1 primary, 2 secondary) */
  queues: Readonly<Record<string, number>>;
  /** level by skill id */
  skills: Readonly<Record<string, number>>;
  /** When a conversation was last given to them; null: never. */
  lastAssignedAt: number | null;
}

export const FAILED_CONDITIONS = [
  'not_in_queue',
  'later_ring',
  'not_present',
  'not_available',
  'missing_skill',
  'at_capacity',
  'declined_before',
] as const;
export type FailedCondition = (typeof FAILED_CONDITIONS)[number];

/** The terms of a candidate, in the order in which they are told. */
export interface CandidateTerms {
  /** 1 primary, 2 secondary */
  tier: number;
  /** Since they were last given a conversation; null: never, which ranks before any time. */
  idleSeconds: number | null;
  /** Share of capacity that is free, 0 … 1. */
  freeShare: number;
}

/** A member who may be asked. Scores are comparable within one decision only. */
export interface CandidateScore {
  memberId: string;
  /** The strategy's own term; null: never given a conversation, under longest_idle. */
  score: number | null;
  terms: Readonly<CandidateTerms>;
}

/** Kept with the offer, so that every decision can be explained afterwards (Law 9). */
export interface Explanation {
  policyVersion: string;
  ring: number;
  /** Best first, at most five. */
  candidates: CandidateScore[];
  /** How many of the others failed which condition (the first one that failed). */
  failed: Partial<Record<FailedCondition, number>>;
}

export type Decision =
  | { kind: 'offer'; memberId: string; explanation: Explanation }
  | { kind: 'wait'; explanation: Explanation };

export interface RoutingPolicy {
  version: string;
  /** Named preset; weights follow in the policy engine. */
  strategy: 'longest_idle' | 'least_loaded';
  /** After how many seconds of waiting tier-2 members count too. */
  secondaryAfterSeconds: number;
}
