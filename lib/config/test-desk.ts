import { randomUUID } from 'node:crypto';
import type { Role } from '#lib/auth/roles.ts';
import type { PrismaClient } from '#lib/db/generated/client.ts';
import type { ConfigCtx } from './context.ts';
import { createMember, createUser, createWorkspace } from './create-workspace.ts';
import { configCommand } from './index.ts';
import { runConfig } from './run.ts';

/** A workspace in a test's database, with a way to act as any role. */
export async function createTestDesk(db: PrismaClient, name = 'Test') {
  const owner = { name: 'Owner', email: `${randomUUID()}@example.test`, password: 'long enough 1' };
  const made = await createWorkspace(db, { name, queueName: 'Support', owner });
  const ctxOf = (memberId: string, role: Role): ConfigCtx => ({
    workspaceId: made.workspaceId,
    memberId,
    role,
    trace: 'test',
  });
  return {
    ...made,
    ownerEmail: owner.email,
    owner: ctxOf(made.ownerId, 'owner'),
    /** A further member. */
    async join(role: Role): Promise<ConfigCtx> {
      const email = `${randomUUID()}@example.test`;
      const userId = await createUser(db, { name: role, email, password: 'long enough 1' });
      return ctxOf(await createMember(db, made.workspaceId, userId, role), role);
    },
  };
}

/** Runs a command by its name; the answer's shape is the caller's claim. */
export async function call<T = { id: string }>(
  db: PrismaClient,
  ctx: ConfigCtx,
  name: string,
  input: unknown = {},
): Promise<T> {
  const command = configCommand(name);
  if (!command) throw new Error(`no configuration command ${name}`);
  return (await runConfig(db, ctx, command, input)) as T;
}
