import { prisma } from '#lib/db/client.ts';
import { auth } from './auth.ts';
import { refusedAsDemo } from './demo.ts';
import { isRole, type Role } from './roles.ts';

/** A signed-in person in one workspace. */
export interface MemberSession {
  userId: string;
  memberId: string;
  workspaceId: string;
  role: Role;
  /** Moves when role or access changes; sockets recheck it. */
  authRev: number;
  name: string;
  email: string;
}

/**
 * Who a request's cookie names, as a member of `workspaceId`, else of the session's active
 * workspace, else of the one joined first. Null: nobody, removed, or no member there.
 */
export async function memberOf(
  headers: Headers,
  workspaceId?: string,
): Promise<MemberSession | null> {
  const found = await auth().api.getSession({ headers });
  if (!found || refusedAsDemo(found.user.email)) return null;
  const active = (found.session as { activeOrganizationId?: string | null }).activeOrganizationId;
  const members = await prisma().member.findMany({
    where: { userId: found.user.id, removedAt: null, ...(workspaceId ? { workspaceId } : {}) },
    orderBy: { createdAt: 'asc' },
  });
  const member = members.find((m) => m.workspaceId === active) ?? members[0];
  if (!member || !isRole(member.role)) return null;
  return {
    userId: found.user.id,
    memberId: member.id,
    workspaceId: member.workspaceId,
    role: member.role,
    authRev: member.authRev,
    name: member.displayName ?? found.user.name,
    email: found.user.email,
  };
}
