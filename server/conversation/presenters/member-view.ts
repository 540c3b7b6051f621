import type { Availability } from '#lib/domain/routing/model.ts';
import type { AwayReason, MemberView } from '#lib/protocol/member.ts';
import type { Role } from '../context.ts';

/** A member as the tables have them: configuration joined with live state. */
export interface MemberRecord {
  memberId: string;
  name: string;
  role: Role;
  availability: Availability;
  present: boolean;
  load: number;
  capacity: number;
  queueIds: readonly string[];
  awayReason: AwayReason | null;
}

/** What other members are shown. */
export function presentMemberView(member: MemberRecord): MemberView {
  return {
    id: member.memberId,
    name: member.name,
    role: member.role,
    availability: member.availability,
    present: member.present,
    load: member.load,
    capacity: member.capacity,
    queueIds: [...member.queueIds],
  };
}

/** What the member's own consoles are shown: also why the desk set them away (decision 0091). */
export function presentOwnView(member: MemberRecord): MemberView {
  return { ...presentMemberView(member), awayReason: member.awayReason };
}
