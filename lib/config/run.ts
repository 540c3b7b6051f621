import { roleAtLeast } from '#lib/auth/roles.ts';
import { Prisma, type PrismaClient } from '#lib/db/generated/client.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { ConfigCommand } from './command.ts';
import type { Change, ConfigCtx, Tx } from './context.ts';

/**
 * Parses, checks the role, runs; a change commits together with its audit entry and a bumped
 * config_rev, which every node watches.
 * @throws ParlourError invalid_input | forbidden | what the command throws
 */
export async function runConfig(
  db: PrismaClient,
  ctx: ConfigCtx,
  command: ConfigCommand,
  input: unknown,
): Promise<unknown> {
  if (!roleAtLeast(ctx.role, command.role)) throw new ParlourError('forbidden');
  const parsed = command.input.safeParse(input);
  if (!parsed.success) {
    throw new ParlourError('invalid_input', {
      issues: parsed.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message })),
    });
  }
  try {
    if (command.kind === 'query') return await command.run(db, ctx, parsed.data);
    return await db.$transaction(async (tx) => {
      const { output, change } = await command.run(tx, ctx, parsed.data);
      await record(tx, ctx.workspaceId, ctx.memberId, change);
      return output;
    });
  } catch (error) {
    throw translated(error);
  }
}

/** Writes the audit entry and moves config_rev, in the caller's transaction. */
export async function record(
  tx: Tx,
  workspaceId: string,
  actorMemberId: string | null,
  change: Change,
): Promise<void> {
  await tx.auditEntry.create({ data: { id: uuidv7(), workspaceId, actorMemberId, ...change } });
  await tx.workspace.update({
    where: { id: workspaceId },
    data: { configRev: { increment: 1 } },
  });
}

/** What PostgreSQL refused, as one of our codes. */
function translated(error: unknown): unknown {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return error;
  if (error.code === 'P2002') return new ParlourError('already_exists', { cause: error });
  if (error.code === 'P2003') return new ParlourError('in_use', { cause: error });
  if (error.code === 'P2025') return new ParlourError('not_found', { cause: error });
  return error;
}
