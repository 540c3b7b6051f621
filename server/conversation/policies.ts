import type { ErrorCode } from '#lib/protocol/errors.ts';
import type { Role, VisitorActor } from './context.ts';
import type { ConversationRecord } from './records.ts';

/** All authority over conversations stands here; commands and reads only ask. */

const RANK: Readonly<Record<Role, number>> = { agent: 0, supervisor: 1, admin: 2, owner: 3 };

export function atLeast(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

/** What is known of a member when a policy is asked. */
export interface MemberAccess {
  memberId: string;
  role: Role;
  queueIds: ReadonlySet<string>;
}

/**
 * A visitor reaches the conversations of their person in their channel, and those this browser
 * opened before its person was known.
 */
export function mayReach(
  visitor: VisitorActor,
  record: Pick<ConversationRecord, 'channelId' | 'contactId' | 'visitorId'>,
): boolean {
  return (
    record.channelId === visitor.channelId &&
    (record.contactId === visitor.contactId || record.visitorId === visitor.visitorId)
  );
}

/**
 * Supervisors and above see everything; agents what they own or are offered, and what belongs to
 * one of their queues.
 */
export function maySee(
  member: MemberAccess,
  record: Pick<ConversationRecord, 'queueId' | 'ownerId' | 'targetMemberId'>,
): boolean {
  if (atLeast(member.role, 'supervisor')) return true;
  if (record.ownerId === member.memberId || record.targetMemberId === member.memberId) return true;
  return record.queueId !== null && member.queueIds.has(record.queueId);
}

/** Hides what may not be seen: to others it does not exist. */
export function unseen(member: MemberAccess, record: ConversationRecord): ErrorCode | null {
  return maySee(member, record) ? null : 'not_found';
}

/** Only the serving agent speaks to the visitor; while transferring that is still the owner (I4). */
export function maySpeak(member: MemberAccess, record: ConversationRecord): ErrorCode | null {
  if (!maySee(member, record)) return 'not_found';
  if (record.phase === 'closed') return 'conversation_closed';
  return record.ownerId === member.memberId ? null : 'not_owner';
}

/** Taking from somebody, or over capacity, is a supervisor's act and is audited by the log. */
export function mayOverride(member: MemberAccess): boolean {
  return atLeast(member.role, 'supervisor');
}
