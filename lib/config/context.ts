import type { Role } from '#lib/auth/roles.ts';
import type { Prisma } from '#lib/db/generated/client.ts';

/** Who changes or reads configuration, in which workspace. */
export interface ConfigCtx {
  workspaceId: string;
  memberId: string;
  role: Role;
  trace: string;
}

export type Tx = Prisma.TransactionClient;

/** What a change did, for the audit trail. Secrets never stand here. */
export interface Change {
  /** noun.past, e.g. `queue.updated` */
  action: string;
  targetKind: string;
  targetId: string;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
}
